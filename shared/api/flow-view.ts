/** An access flow as the API shows it: the policy in the words of its configuration, durations as people write them. */
import * as z from 'zod';
import { ApprovalPolicy, EntitlementMatch, type Flow } from '../model/flow.ts';
import { formatDuration } from '../model/time.ts';

const Who = z.union([z.object({ person: z.string() }), z.object({ group: z.string() })]);

export const FlowView = z
  .object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    requesters: z.union([z.literal('everybody'), z.array(Who)]),
    entitlements: z.array(EntitlementMatch),
    approval: z.union([z.literal('automatic'), ApprovalPolicy]),
    selfApproval: z.boolean(),
    decideWithin: z.string(),
    lifetime: z.object({
      default: z.string(),
      max: z.string(),
      rules: z.array(z.object({ when: EntitlementMatch, default: z.string().optional(), max: z.string() })),
    }),
    extendWithoutApproval: z.string().optional(),
    extendCutoff: z.string(),
    onChange: z.enum(['keep', 'shorten', 'revoke']).meta({
      description: 'What a change of this flow does to open grants, once an admin applies it.',
    }),
    reason: z.object({ pattern: z.string(), hint: z.string() }).optional(),
  })
  .meta({ id: 'Flow' });
export type FlowView = z.infer<typeof FlowView>;

export function flowView(flow: Flow, version: number): FlowView {
  const { lifetime, extendWithoutApproval } = flow;
  return {
    id: flow.id,
    version,
    name: flow.name,
    requesters: flow.requesters ?? 'everybody',
    entitlements: flow.entitlements,
    approval: flow.approval ?? 'automatic',
    selfApproval: flow.selfApproval,
    decideWithin: formatDuration(flow.decideWithin),
    lifetime: {
      default: formatDuration(lifetime.default),
      max: formatDuration(lifetime.max),
      rules: lifetime.rules.map((rule) => ({
        when: rule.when,
        ...(rule.default !== undefined && { default: formatDuration(rule.default) }),
        max: formatDuration(rule.max),
      })),
    },
    ...(extendWithoutApproval !== undefined && {
      extendWithoutApproval: formatDuration(extendWithoutApproval),
    }),
    extendCutoff: formatDuration(flow.extendCutoff),
    onChange: flow.onChange,
    ...(flow.reason && { reason: flow.reason }),
  };
}
