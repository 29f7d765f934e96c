/** Who am I, and what may I ask for. */
import * as z from 'zod';
import { ApprovalPolicy, Entitlement } from '../model/flow.ts';
import { pageOf, type Route } from './route.ts';
import { paging } from './values.ts';

export const Me = z
  .object({
    person: z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      manager: z.string().optional(),
      logins: z.record(z.string(), z.string()).meta({ description: 'Logins of their own, by integration.' }),
    }),
    groups: z.array(z.string()),
    rights: z.array(z.enum(['admin', 'responder', 'auditor'])),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** An entitlement that the caller may ask for, by the flow that a request would follow. */
export const CatalogItem = z
  .object({
    ...Entitlement.shape,
    names: z.object({ integration: z.string(), resource: z.string(), permission: z.string() }),
    environment: z.string(),
    mode: z.enum(['account', 'membership']).meta({
      description:
        '`account`: a login made for the grant. `membership`: the grantee’s own login is put into a role.',
    }),
    flow: z.object({ id: z.string(), name: z.string() }),
    otherFlows: z.array(z.string()).meta({ description: 'Other flows that may be named in the request.' }),
    defaultDuration: z.string(),
    maxDuration: z.string(),
    approval: z.union([z.literal('automatic'), ApprovalPolicy]),
    reason: z.object({ pattern: z.string(), hint: z.string() }).optional(),
  })
  .meta({ id: 'CatalogItem' });
export type CatalogItem = z.infer<typeof CatalogItem>;

export const showMe = {
  operationId: 'showMe',
  method: 'get',
  path: '/me',
  summary: 'The caller: person, groups, rights',
  action: 'me.read',
  answers: { 200: { description: 'The caller.', schema: Me } },
  refusals: [],
} satisfies Route;

export const listCatalog = {
  operationId: 'listCatalog',
  method: 'get',
  path: '/catalog',
  summary: 'What the caller may ask for, how, and for how long',
  action: 'catalog.read',
  query: z.strictObject({
    q: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Words that ids or names must hold, without case.' }),
    ...paging,
  }),
  answers: { 200: { description: 'A page of entitlements.', schema: pageOf(CatalogItem) } },
  refusals: [],
} satisfies Route;
