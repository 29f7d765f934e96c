/** What changed flows do to open grants: the plan, applying it, and the run that does. */
import * as z from 'zod';
import { Entitlement } from '../model/flow.ts';
import { GrantStatus } from '../model/grant.ts';
import { PersonRef } from '../model/person.ts';
import { PlanCounts, RunOutcome, RunOutcomes } from '../model/run.ts';
import { Instant } from '../model/time.ts';
import { pageOf, type Route } from './route.ts';
import { MadeId, paging, Reason } from './values.ts';

export const PlannedChange = z
  .object({
    grantId: z.string(),
    status: GrantStatus,
    grantee: PersonRef,
    entitlement: Entitlement,
    flow: z.object({
      id: z.string(),
      from: z.int().meta({ description: 'The version that the grant was made with.' }),
      to: z
        .int()
        .optional()
        .meta({ description: 'The version in force; left out where the flow has left the configuration.' }),
    }),
    action: z.enum(['keep', 'shorten', 'revoke']),
    why: z.string(),
    endsNow: Instant.optional().meta({ description: 'When an active one ends as things are.' }),
    endsThen: Instant.optional().meta({
      description:
        'Of one that is shortened: its activation and the new maximum; where that has passed, it ends at once. ' +
        'Left out where it is not active yet.',
    }),
  })
  .meta({ id: 'PlannedChange' });
export type PlannedChange = z.infer<typeof PlannedChange>;

export const FlowPlan = z
  .object({
    counts: PlanCounts,
    digest: z.string().meta({ description: 'Of everything that would change; `expect` of `applyFlows`.' }),
    ...pageOf(PlannedChange).shape,
  })
  .meta({ id: 'FlowPlan' });
export type FlowPlan = z.infer<typeof FlowPlan>;

export const showFlowPlan = {
  operationId: 'showFlowPlan',
  method: 'get',
  path: '/flows/plan',
  summary: 'What the changed flows would do to open grants; nothing is done by asking',
  action: 'flow.plan',
  query: z.strictObject(paging),
  answers: {
    200: {
      description:
        'A page of the open grants that were made with an older version of their flow: what would end first, then what ' +
        'would be shortened, then what is kept. Counts and digest are of the whole plan. What is being ended already is not in it.',
      schema: FlowPlan,
    },
  },
  refusals: [],
} satisfies Route;

export const applyFlows = {
  operationId: 'applyFlows',
  method: 'post',
  path: '/flows/apply',
  summary: 'Do to open grants what the plan says, as a run',
  action: 'flow.apply',
  body: z
    .strictObject({
      expect: z
        .string()
        .regex(/^\d{1,7}-\d{1,7}-[0-9a-f]{32}$/, 'must be the digest that `curfew flows plan` shows')
        .meta({
          description: 'The digest of the plan that was seen. Is it another one by now, nothing is done.',
        }),
      reason: Reason,
    })
    .meta({ id: 'ApplyFlows' }),
  idempotent: true,
  answers: {
    202: {
      description: 'It is on record, and goes on until it is done: read the run.',
      schema: z.object({ runId: z.string() }).meta({ id: 'RunBegun' }),
    },
  },
  refusals: [409],
} satisfies Route;

export const RunView = z
  .object({
    id: z.string(),
    kind: z.literal('flow_change'),
    state: z.enum(['running', 'done']),
    by: PersonRef,
    reason: z.string(),
    digest: z.string(),
    counts: PlanCounts.meta({ description: 'Of the plan that it carries out.' }),
    total: z.int().meta({ description: 'Grants that it is to change.' }),
    settled: z.int().meta({ description: 'How many of them have their outcome.' }),
    outcomes: RunOutcomes,
    left: z
      .int()
      .optional()
      .meta({
        description:
          'Once it is done: how many open grants the flows would still change, because they failed, changed meanwhile, or were not ' +
          'in its plan. They are in the next plan.',
      }),
    startedAt: Instant,
    finishedAt: Instant.optional(),
    ...pageOf(
      z.object({ grantId: z.string(), outcome: RunOutcome, error: z.string().optional(), at: Instant }),
    ).shape,
  })
  .meta({ id: 'Run' });
export type RunView = z.infer<typeof RunView>;

export const getRun = {
  operationId: 'getRun',
  method: 'get',
  path: '/runs/{id}',
  summary: 'A run: how far it is, and what became of each grant',
  action: 'run.read',
  params: z.strictObject({ id: MadeId }),
  query: z.strictObject(paging),
  answers: {
    200: { description: 'The run, with a page of its outcomes by grant id.', schema: RunView },
  },
  refusals: [404],
} satisfies Route;
