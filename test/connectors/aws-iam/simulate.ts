/** What IAM would say to one request, by a simulator that is not ours: a second opinion beside the emulator's. */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { PolicyDocument } from '../../../shared/connectors/aws-iam/policy.ts';

export const account = '222233334444';

export interface Asked {
  action: string;
  /** Default: what an action takes that knows no resource. */
  resource?: string;
  policies: PolicyDocument[];
  boundary?: PolicyDocument;
  /** The resource's own policy. */
  resourcePolicy?: unknown;
  context?: Record<string, string | string[]>;
  principal?: string;
}

/** `ExplicitlyDenied` also where an allow is there. Throws where the question itself is wrong, so that no test passes by a slip of the pen. */
export async function decide({
  action,
  resource = '*',
  policies,
  boundary,
  resourcePolicy,
  context = {},
  principal = `arn:aws:sts::${account}:assumed-role/local-gr_1/mia`,
}: Asked): Promise<string> {
  const result = await runSimulation(
    {
      request: {
        action,
        principal,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:CurrentTime': '2026-12-01T12:00:00Z', ...context },
      },
      identityPolicies: policies.map((policy, n) => ({ name: `policy-${n}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy !== undefined && { resourcePolicy }),
      ...(boundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: boundary }] }),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(result.errors)}`);
  return result.overallResult;
}

/** The policy that allows everything: the most that a grant can be. */
export const administrator: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' }],
};
