/** Requests: ask, decide, cancel. */
import * as z from 'zod';
import { ApprovalPolicy, Entitlement } from '../model/flow.ts';
import { GrantStatus } from '../model/grant.ts';
import { Slug } from '../model/person.ts';
import { mostEntitlements } from '../model/request.ts';
import { Duration } from '../model/time.ts';
import { RequestView } from './request-view.ts';
import { pageOf, type Route } from './route.ts';
import { MadeId, paging, Reason, Text } from './values.ts';

const ById = z.strictObject({ id: MadeId });

export const SubmitRequest = z
  .strictObject({
    entitlements: z
      .array(z.strictObject({ ...Entitlement.shape, flow: Slug.optional() }))
      .min(1)
      .max(mostEntitlements),
    duration: Duration.optional().meta({
      description: 'For every grant of it: 90s, 45m, 8h, 30d. Left out: each flow’s default.',
    }),
    reason: Reason,
    for: Slug.optional().meta({ description: 'The person who is to get it. Left out: the caller.' }),
    dryRun: z.boolean().optional().meta({ description: 'Only say what would happen, and by which rule.' }),
  })
  .meta({ id: 'SubmitRequest' });

export const Plan = z
  .object({
    dryRun: z.literal(true),
    plan: z.array(
      z.object({
        entitlement: Entitlement,
        flow: z.object({ id: z.string(), version: z.int() }),
        approval: z.union([z.literal('automatic'), ApprovalPolicy]),
        duration: z.string(),
        maxDuration: z.string(),
        rule: z.string(),
      }),
    ),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof Plan>;

export const submitRequest = {
  operationId: 'submitRequest',
  method: 'post',
  path: '/requests',
  summary: 'Ask for access: one grant for each entitlement',
  action: 'request.submit',
  body: SubmitRequest,
  idempotent: true,
  answers: {
    200: { description: 'With `dryRun`: what would happen. Nothing was made.', schema: Plan },
    201: { description: 'The request with its grants.', schema: RequestView },
  },
  refusals: [409, 422],
} satisfies Route;

export const findRequests = {
  operationId: 'findRequests',
  method: 'get',
  path: '/requests',
  summary: 'The caller’s requests, or the requests that wait for the caller’s decision',
  action: 'request.list',
  query: z
    .strictObject({
      waiting: z.literal('me').optional().meta({ description: 'The approver’s inbox.' }),
      requester: z.literal('me').optional().meta({ description: 'What the caller asked for. The default.' }),
      ...paging,
    })
    .refine((query) => !(query.waiting && query.requester), {
      path: ['waiting'],
      error: 'cannot be combined with requester: ask for one list at a time',
    }),
  answers: {
    200: {
      description:
        'A page, newest first. The inbox goes by whom a decision is asked of (the caller, each group, each report), ' +
        'what waits longest first; it shows a request once, with only the grants that wait for the caller.',
      schema: pageOf(RequestView),
    },
  },
  refusals: [],
} satisfies Route;

export const getRequest = {
  operationId: 'getRequest',
  method: 'get',
  path: '/requests/{id}',
  summary: 'One request with its grants',
  action: 'request.read',
  params: ById,
  answers: { 200: { description: 'The request.', schema: RequestView } },
  refusals: [404],
} satisfies Route;

export const Decide = z
  .strictObject({
    reason: Text.optional(),
    grants: z
      .array(MadeId)
      .min(1)
      .max(mostEntitlements)
      .optional()
      .meta({ description: 'Only these grants. Left out: every pending one that the caller may decide.' }),
  })
  .meta({ id: 'Decide' });

export const Decided = z
  .object({
    request: RequestView,
    results: z.array(
      z.object({
        grantId: z.string(),
        outcome: z.enum(['approved', 'recorded', 'rejected', 'skipped']).meta({
          description: '`recorded`: counted, but another approval is still missing.',
        }),
        detail: z.string().optional(),
        status: GrantStatus,
      }),
    ),
  })
  .meta({ id: 'Decided' });
export type Decided = z.infer<typeof Decided>;

const decided = {
  action: 'request.decide',
  params: ById,
  body: Decide,
  answers: { 200: { description: 'What became of each grant.', schema: Decided } },
  refusals: [404, 409, 422],
} as const;

export const approveRequest = {
  operationId: 'approveRequest',
  method: 'post',
  path: '/requests/{id}/approve',
  summary: 'Approve the pending grants of a request that the caller may decide',
  ...decided,
} satisfies Route;

export const rejectRequest = {
  operationId: 'rejectRequest',
  method: 'post',
  path: '/requests/{id}/reject',
  summary: 'Reject the pending grants of a request that the caller may decide',
  ...decided,
} satisfies Route;

export const cancelRequest = {
  operationId: 'cancelRequest',
  method: 'post',
  path: '/requests/{id}/cancel',
  summary: 'Cancel every grant of a request that is still pending or approved',
  action: 'request.cancel',
  params: ById,
  body: z.strictObject({ reason: Text.optional() }).meta({ id: 'CancelRequest' }),
  answers: { 200: { description: 'The request as it is now.', schema: RequestView } },
  refusals: [404, 409],
} satisfies Route;
