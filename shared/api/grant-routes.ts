/** Grants: find, read, end, extend, use. */
import * as z from 'zod';
import { LocalId } from '../model/flow.ts';
import { closedStatuses, GrantStatus, openStatuses } from '../model/grant.ts';
import { Slug } from '../model/person.ts';
import { Duration } from '../model/time.ts';
import { EventView } from './event-view.ts';
import { GrantView } from './grant-view.ts';
import { pageOf, type Route } from './route.ts';
import { MadeId, paging, PointInTime, Reason, WhoOrMe } from './values.ts';

const ById = z.strictObject({ id: MadeId });

/** Each word of a status filter, and the statuses it stands for. */
const statusWords = new Map<string, readonly GrantStatus[]>([
  ...GrantStatus.options.map((status) => [status, [status]] as const),
  ['open', openStatuses],
  ['closed', closedStatuses],
]);

/** What a list of grants can be narrowed by. All that are given must hold. */
export const GrantFilter = {
  status: z
    .string()
    .max(200)
    .refine(
      (text) => text.split(',').every((word) => statusWords.has(word)),
      `must be one or more of ${[...statusWords.keys()].join(', ')}, separated by commas`,
    )
    .transform((text) => [...new Set(text.split(',').flatMap((word) => statusWords.get(word) ?? []))])
    .optional()
    .meta({ description: '`active`, `pending,approved`, `open`, `closed`.' }),
  grantee: WhoOrMe.optional(),
  integration: Slug.optional(),
  resource: LocalId.optional(),
  environment: Slug.optional(),
  flow: Slug.optional(),
  approver: WhoOrMe.optional().meta({ description: 'Who decided it: a person id, or `me`.' }),
  endsBefore: PointInTime.optional().meta({
    description: 'Only what has an end, and that before this time.',
  }),
};

export const findGrants = {
  operationId: 'findGrants',
  method: 'get',
  path: '/grants',
  summary: 'Grants that the caller may see, narrowed by a filter',
  action: 'grants.list',
  query: z.strictObject({ ...GrantFilter, ...paging }),
  answers: {
    200: {
      description:
        'A page. Newest first, but open grants of everybody come by when they are due. Others than admins, responders ' +
        'and auditors get, one after the other: what they hold, asked for, decided, and may decide.',
      schema: pageOf(GrantView),
    },
  },
  refusals: [],
} satisfies Route;

export const getGrant = {
  operationId: 'getGrant',
  method: 'get',
  path: '/grants/{id}',
  summary: 'One grant',
  action: 'grant.read',
  params: ById,
  answers: { 200: { description: 'The grant.', schema: GrantView } },
  refusals: [404],
} satisfies Route;

export const listEvents = {
  operationId: 'listEvents',
  method: 'get',
  path: '/grants/{id}/events',
  summary: 'The events of a grant, in order, each with the hash of the one before',
  action: 'grant.read-events',
  params: ById,
  query: z.strictObject(paging),
  answers: { 200: { description: 'A page of the chain.', schema: pageOf(EventView) } },
  refusals: [404],
} satisfies Route;

export const revokeGrant = {
  operationId: 'revokeGrant',
  method: 'post',
  path: '/grants/{id}/revoke',
  summary: 'End a grant now',
  action: 'grant.revoke',
  params: ById,
  body: z.strictObject({ reason: Reason }).meta({ id: 'RevokeGrant' }),
  answers: {
    200: { description: 'It was closed already.', schema: GrantView },
    202: {
      description: 'Its end is on record and under way; read the grant until it is closed.',
      schema: GrantView,
    },
  },
  refusals: [404, 409],
} satisfies Route;

export const extendGrant = {
  operationId: 'extendGrant',
  method: 'post',
  path: '/grants/{id}/extend',
  summary: 'Move the end of an active grant, within what its flow allows without asking',
  action: 'grant.extend',
  params: ById,
  body: z.strictObject({ duration: Duration, reason: Reason }).meta({ id: 'ExtendGrant' }),
  idempotent: true,
  answers: { 200: { description: 'The grant with its new end.', schema: GrantView } },
  refusals: [404, 409, 422],
} satisfies Route;

export const Credentials = z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).meta({
  id: 'Credentials',
  description:
    'For PostgreSQL: host, port, database, user, password, validUntil. For an IAM role, which the grantee assumes with ' +
    'credentials of their own: roleArn, region, sessionSeconds, profile, commands, validUntil.',
});

export const issueCredentials = {
  operationId: 'issueCredentials',
  method: 'post',
  path: '/grants/{id}/credentials',
  summary: 'What a stock client needs, with a new password each time; it is kept nowhere',
  action: 'grant.credentials',
  params: ById,
  answers: { 200: { description: 'Show them once, keep them nowhere.', schema: Credentials } },
  refusals: [404, 409],
} satisfies Route;
