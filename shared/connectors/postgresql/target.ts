/** How a PostgreSQL cluster is configured as an integration, and what it has on offer. */
import * as z from 'zod';
import { CurfewError } from '../../model/errors.ts';
import type { Offer } from '../contract.ts';

/** PostgreSQL cuts longer identifiers silently, and would then speak of another role: names are refused instead. */
const longestNameBytes = 63;

const Name = z
  .string()
  .min(1)
  .refine(isName, `must be at most ${longestNameBytes} bytes, without a NUL character`);
const LocalId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/);

const Permission = z.strictObject({
  name: z.string().min(1).max(120).optional(),
  /** `account`: a login is made for the grant. `membership`: the grantee's own login is put into the role. */
  mode: z.enum(['account', 'membership']),
  /** The role that carries the privileges. It owns nothing and passes nothing on: docs/connectors/postgresql.md. */
  role: Name,
});

const Resource = z.strictObject({
  name: z.string().min(1).max(120).optional(),
  database: Name,
  permissions: z.record(LocalId, Permission),
});

export const PostgresqlTarget = z.strictObject({
  /** Name of the secret that holds the URL by which Curfew's own login reaches the maintenance database. */
  urlSecret: z.string().min(1),
  /** What grantees are told, where it is another address than Curfew's own. */
  address: z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) }).optional(),
  /** Sessions that one login made for a grant may have at once. */
  connectionLimit: z.int().min(1).max(1000).default(10),
  resources: z.record(LocalId, Resource),
});
export type PostgresqlTarget = z.infer<typeof PostgresqlTarget>;
export type Permission = z.infer<typeof Permission>;

/** Every permission on every resource. */
export function offersOf(target: PostgresqlTarget): Offer[] {
  return Object.entries(target.resources).flatMap(([resource, { name, permissions }]) =>
    Object.entries(permissions).map(([permission, offer]) => ({
      resource,
      resourceName: name ?? resource,
      permission,
      permissionName: offer.name ?? permission,
      mode: offer.mode,
    })),
  );
}

/** What an entitlement means here. Throws `TargetRefused` when nothing of that name is on offer. */
export function permissionOf(
  target: PostgresqlTarget,
  resource: string,
  permission: string,
): Permission & { database: string } {
  const place = Object.hasOwn(target.resources, resource) ? target.resources[resource] : undefined;
  const offer =
    place && Object.hasOwn(place.permissions, permission) ? place.permissions[permission] : undefined;
  if (!place || !offer)
    throw new CurfewError('TargetRefused', `The integration has no "${permission}" on "${resource}".`);
  return { ...offer, database: place.database };
}

/** Can PostgreSQL hold this as a name, whole? */
export function isName(text: string): boolean {
  return text.length > 0 && !text.includes('\0') && Buffer.byteLength(text) <= longestNameBytes;
}
