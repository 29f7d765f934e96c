/**
 * What calls targets, done by functions of their own: this one, which the Internet reaches, has no secret and can become no role
 * there. What crosses names a person; who that is and what they may do, the function that is called finds out itself.
 */
import * as z from 'zod';
import { Credentials } from '../../shared/api/grant-routes.ts';
import type { CheckPayload, CredentialsPayload, ExtendPayload } from '../../shared/api/payloads.ts';
import { IntegrationCheck } from '../../shared/api/system-routes.ts';
import { type CallFunction, createFunctionCaller } from '../../shared/aws/call-function.ts';
import { valueOf } from '../../shared/model/answer.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import { Grant } from '../../shared/model/grant.ts';
import type { AtTargets } from './at-targets.ts';
import type { Env } from './env.ts';

type Arns = Pick<
  z.output<typeof Env>,
  'EXTEND_ACCESS_ARN' | 'ISSUE_CREDENTIALS_ARN' | 'CHECK_INTEGRATION_ARN'
>;

const Extended = z.object({ grant: Grant });

/** Refusals come back as they were thrown there. */
export function byFunctions(arns: Arns, call: CallFunction = createFunctionCaller()): AtTargets {
  return {
    async extendAccess({ by, ...asked }) {
      const payload: z.input<typeof ExtendPayload> = { ...asked, by: by.id };
      return read(Extended, await ask(arns.EXTEND_ACCESS_ARN, payload));
    },
    async issueCredentials({ by, ...asked }) {
      const payload: z.input<typeof CredentialsPayload> = { ...asked, by: by.id };
      return read(Credentials, await ask(arns.ISSUE_CREDENTIALS_ARN, payload));
    },
    async checkIntegration({ by, ...asked }) {
      const payload: z.input<typeof CheckPayload> = { ...asked, by: by.id };
      return read(IntegrationCheck, await ask(arns.CHECK_INTEGRATION_ARN, payload));
    },
  };

  async function ask(arn: string, payload: object): Promise<unknown> {
    return valueOf(await call(arn, payload));
  }
}

/** What does not fit is told by its kind alone: it may be a password. */
function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CurfewError('Internal', 'The function answered something else.');
}
