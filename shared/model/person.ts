/** People and groups, as the directory knows them. Rights come from here, never from a token's claims. */
import * as z from 'zod';

/** Ids people write themselves in configuration: short, lower case, safe in every key and name. */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be 1-63 lower-case letters, digits, dots, dashes or underscores',
  );

export const Person = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(120),
  email: z.email().max(254),
  manager: Slug.optional(),
  groups: z.array(Slug).max(200).default([]),
  active: z.boolean().default(true),
  /**
   * Logins of their own at a target, by integration id: what `membership` grants put into a role; at AWS the ARN of their
   * user or role, the only principal that may assume what is made for them (IAM: at most 512 characters of path, 64 of name).
   */
  logins: z.record(Slug, z.string().min(1).max(600)).default({}),
});
export type Person = z.infer<typeof Person>;

/** A person as a record keeps them: the name is stored, so that audit never looks anything up. */
export const PersonRef = z.strictObject({ id: Slug, name: z.string() });
export type PersonRef = z.infer<typeof PersonRef>;

/** Who did something: a signed-in person, an access flow that approves by itself, or Curfew's own machinery. */
export const Actor = z.strictObject({
  kind: z.enum(['person', 'flow', 'system']),
  id: z.string().max(200),
  name: z.string().max(200).optional(),
});
export type Actor = z.infer<typeof Actor>;

/** The record's view of a directory person. */
export function refOf(person: Person): PersonRef {
  return { id: person.id, name: person.name };
}

/** A person acting. */
export function actorOf(person: PersonRef): Actor {
  return { kind: 'person', id: person.id, name: person.name };
}
