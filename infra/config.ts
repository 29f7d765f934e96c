/** A stage: one installation of Curfew in one account, as data. `config/stages.ts` writes them, the stacks read them. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { check } from '../config/config-faults.ts';
import { stages } from '../config/stages.ts';
import { Oidc } from '../shared/model/config.ts';
import { CurfewError } from '../shared/model/errors.ts';
import { functionNames } from './function-names.ts';
import { leavable } from './left-out.ts';

const Account = z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account');
const Arn = z.string().regex(/^arn:/, 'must be an ARN');

export const Stage = z.strictObject({
  /** Part of every physical name, so that two stages live in one account. */
  name: z.string().regex(/^[a-z][a-z0-9]{1,19}$/, 'must be 2-20 lower-case letters or digits'),
  /** What holds records is kept when the stacks are destroyed, and cannot be deleted by mistake. */
  production: z.boolean(),
  /** Left out: those of the credentials that deploy. */
  account: Account.optional(),
  region: z
    .string()
    // ARNs of target accounts are written for this partition: elsewhere no revoke would find its role.
    .regex(
      /^(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-\d$/,
      'must be a region of the partition aws, such as eu-central-1',
    )
    .optional(),
  /** For a configuration that names no issuer of its own. */
  oidc: Oidc.optional(),
  /** Where alarms go. Left out: they are shown, and tell nobody. */
  alarms: z.union([z.strictObject({ email: z.email() }), z.strictObject({ topicArn: Arn })]).optional(),
  /** 1, 7, 30, 90, 365 ...: what CloudWatch Logs knows. */
  logRetentionDays: z.enum(RetentionDays),
  /** How many runs of a function are kept free, and the most there can be. A new account cannot reserve any. */
  reservedConcurrency: z.partialRecord(z.enum(functionNames), z.int().min(1)).default({}),
  /** Where the functions run that call targets: for databases in a private network. It needs a way to AWS's own addresses. */
  vpc: z
    .strictObject({
      subnetIds: z.array(z.string().startsWith('subnet-')).min(1),
      securityGroupIds: z.array(z.string().startsWith('sg-')).min(1),
    })
    .optional(),
  /** Who else may take on the connector roles of target accounts: role ARNs of this account, such as an operator's. */
  trustedPrincipals: z.array(Arn).default([]),
  /** Target accounts whose integration has left the configuration while grants of it were open: they must still end. */
  formerTargetAccounts: z.array(Account).default([]),
  /** Nothing but the target stack, in the account that deploys: for `npm start -- --aws` on a laptop. */
  targetOnly: z
    .strictObject({
      /** Left out: `curfew-<installation>-<account>`. */
      externalId: z.string().min(2).optional(),
      /** IAM groups that grants may put people into. */
      groups: z.array(z.string().min(1)).default([]),
    })
    .optional(),
  /** Constructs that are not made: `left-out.ts` says what they are, and why one could be left out. */
  leaveOut: z.array(z.enum(leavable)).default([]),
  /** `cli-credentials` deploys with the caller's own rights, for a place that has no bootstrap roles. */
  deployBy: z.enum(['bootstrap-roles', 'cli-credentials']).default('bootstrap-roles'),
});
export type Stage = z.output<typeof Stage>;

/** Throws `Malformed` with a line for each fault. */
export function readStage(name: string, written: Record<string, unknown> = stages): Stage {
  const stage = Object.hasOwn(written, name) ? written[name] : undefined;
  if (stage === undefined)
    throw new CurfewError(
      'Malformed',
      `There is no stage "${name}" in config/stages.ts: choose one of ${Object.keys(written).join(', ')} by -c stage=<name>.`,
    );
  const { data, faults } = check(Stage, { ...(stage as object), name }, [name]);
  if (data) return data;
  const lines = faults.map((fault) => `  ${fault.path}: ${fault.message}`);
  throw new CurfewError('Malformed', ['config/stages.ts has faults:', ...lines].join('\n'), {
    errors: faults,
  });
}
