/** What of the API calls targets, behind a seam: on a laptop the use cases themselves, on AWS functions of their own (by-functions.ts). */
import type { Credentials } from '../../shared/connectors/contract.ts';
import type { Grant } from '../../shared/model/grant.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Ports } from '../../shared/ports.ts';
import { checkIntegration, type Checked } from '../../shared/usecases/check-integration.ts';
import { type ExtensionAsked, extendAccess } from '../../shared/usecases/extend-access.ts';
import { issueCredentials } from '../../shared/usecases/issue-credentials.ts';

export interface AtTargets {
  extendAccess(asked: ExtensionAsked & Traced): Promise<{ grant: Grant }>;
  issueCredentials(asked: { by: Person; grantId: string } & Traced): Promise<Credentials>;
  checkIntegration(asked: { by: Person; integrationId: string } & Traced): Promise<Checked>;
}

/** The id of the answer that is waited for. */
export interface Traced {
  correlationId: string;
}

export function directly(ports: Ports): AtTargets {
  return {
    extendAccess: (asked) => extendAccess(ports, asked),
    issueCredentials: (asked) => issueCredentials(ports, asked),
    checkIntegration: (asked) => checkIntegration(ports, asked),
  };
}
