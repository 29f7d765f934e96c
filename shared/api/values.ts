/** The small values that bodies, parameters and queries are made of. A refusal says what would be right. */
import * as z from 'zod';
import { Entitlement } from '../model/flow.ts';
import { Slug } from '../model/person.ts';
import { toInstant, toMs } from '../model/time.ts';

/** Ids that Curfew makes: of grants, requests and whatever else `Ids` numbers. */
export const MadeId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be an id as Curfew gives them');

/** The longest reason, in characters as people count them. */
export const longestReason = 1000;

/** Text for people: anything that shows, line breaks and tabs. What is SQL or HTML elsewhere is text here. */
export const Text = z
  .string()
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode: it holds half of a surrogate pair')
  .refine(
    (text) => !/[^\P{Cc}\n\t]/u.test(text),
    'must not hold control characters other than line breaks and tabs',
  )
  // They make an approver read another text than the one that is kept.
  .refine(
    (text) => !/[\u202A-\u202E\u2066-\u2069]/u.test(text),
    'must not hold marks that turn the direction of writing',
  )
  .refine((text) => Array.from(text).length <= longestReason, `must be at most ${longestReason} characters`)
  .meta({ maxLength: longestReason });

/** Why somebody wants something. Kept in the record as written. */
export const Reason = Text.refine(
  (text) => /[^\s\p{Cf}]/u.test(text),
  'must say why, in words that whoever decides or audits understands',
).meta({ minLength: 1, maxLength: longestReason, description: 'Why. Kept in the record as written.' });

/** A person's id in the directory, or `me` for the caller. */
export const WhoOrMe = Slug.meta({ description: 'A person id, or `me` for the caller.' });

/** A point in time as a caller writes it (ISO-8601 with an offset or Z), to the form that the model keeps. */
export const PointInTime = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-24T18:00:00Z' })
  .refine((text) => !Number.isNaN(toMs(text)), 'must be a time that exists')
  .transform((text) => toInstant(toMs(text)));

/** The longest page of a list. */
export const mostItems = 200;

/** Where a list goes on and how much of it a page holds. */
export const paging = {
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|1\d\d|200)$/, `must be a whole number from 1 to ${mostItems}`)
    .transform(Number)
    .optional()
    .meta({ description: `How many items at most, 1 to ${mostItems}; 50 when left out.` }),
  cursor: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: '`next` of the page before, with the very filter of that page.' }),
};

/** An entitlement in one word: `orders-db/orders/read`. Integration and permission hold no slash; the resource may. */
export const EntitlementPath = z
  .string()
  .max(400)
  .refine((text) => parseEntitlement(text) !== undefined, 'must be integration/resource/permission')
  .transform((text) => parseEntitlement(text) as Entitlement)
  .meta({ description: '`integration/resource/permission`, as the catalog lists them.' });

function parseEntitlement(text: string): Entitlement | undefined {
  const [integration, ...rest] = text.split('/');
  const permission = rest.pop();
  return Entitlement.safeParse({ integration, resource: rest.join('/'), permission }).data;
}
