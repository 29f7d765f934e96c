/** Flows, integrations, and the system's own state. */
import * as z from 'zod';
import { ApprovalPolicy, Entitlement } from '../model/flow.ts';
import { Slug } from '../model/person.ts';
import { FlowView } from './flow-view.ts';
import { pageOf, type Route } from './route.ts';
import { EntitlementPath, paging, WhoOrMe } from './values.ts';

const ById = z.strictObject({ id: Slug });

export const listFlows = {
  operationId: 'listFlows',
  method: 'get',
  path: '/flows',
  summary: 'The access flows, in the order of the configuration',
  action: 'flow.read',
  query: z.strictObject(paging),
  answers: { 200: { description: 'A page of flows.', schema: pageOf(FlowView) } },
  refusals: [],
} satisfies Route;

export const Explanation = z
  .object({
    person: z.object({ id: z.string(), name: z.string() }),
    flow: z.object({ id: z.string(), version: z.int() }),
    entitlement: Entitlement.optional(),
    allowed: z.boolean(),
    because: z
      .string()
      .meta({ description: 'In one sentence; with what to do next, where the answer is no.' }),
    steps: z.array(z.object({ question: z.string(), ok: z.boolean(), detail: z.string() })),
    chosen: z.boolean().optional().meta({
      description: 'Whether a request that names no flow would follow this one.',
    }),
    lifetime: z
      .object({ default: z.string(), max: z.string(), rule: z.string() })
      .optional()
      .meta({ description: 'For the entitlement, with the rule that set it.' }),
    approval: z.union([z.literal('automatic'), ApprovalPolicy]),
    approvers: z.array(z.string()).meta({ description: 'Who may approve, in words.' }),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;

export const explainFlow = {
  operationId: 'explainFlow',
  method: 'get',
  path: '/flows/{id}/explain',
  summary: 'Why somebody may or may not ask by this flow, who approves, and which rule sets the lifetime',
  action: 'flow.explain-self',
  params: ById,
  query: z.strictObject({
    person: WhoOrMe.optional(),
    entitlement: EntitlementPath.optional(),
  }),
  answers: { 200: { description: 'The explanation.', schema: Explanation } },
  refusals: [404],
} satisfies Route;

export const IntegrationCheck = z
  .object({
    integration: z.string(),
    ok: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'IntegrationCheck' });
export type IntegrationCheck = z.infer<typeof IntegrationCheck>;

export const checkIntegration = {
  operationId: 'checkIntegration',
  method: 'get',
  path: '/integrations/{id}/check',
  summary: 'Is the target reachable, are Curfew’s rights there sufficient, what would outlive a grant',
  action: 'integration.check',
  params: ById,
  answers: {
    200: { description: 'What was looked at, each with what was found.', schema: IntegrationCheck },
  },
  refusals: [404],
} satisfies Route;

export const Health = z
  .object({
    status: z.enum(['ok', 'failing']),
    version: z.string(),
    problems: z.array(z.string()).meta({ description: 'What is wrong, without names.' }),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const showHealth = {
  operationId: 'showHealth',
  method: 'get',
  path: '/health',
  summary: 'Is Curfew itself well',
  action: 'open',
  answers: {
    200: { description: 'All is well.', schema: Health },
    503: { description: 'Something is wrong.', schema: Health },
  },
  refusals: [],
} satisfies Route;
