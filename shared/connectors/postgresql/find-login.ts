/** Finds the login that was made for a grant: by the mark it got, which no other name hides, or by its name. */
import { markOf } from './names.ts';
import type { Login } from './names.ts';
import type { Server } from './servers.ts';

/**
 * Which role `r` was made as `$1` and marked with `$2`. Where one has the mark and another has the name by now, the one
 * with the mark comes first, and the other is found when that is gone.
 */
export const madeAs = `
  JOIN (SELECT oid, 1 AS rank FROM pg_roles WHERE rolname = $1::text
    UNION ALL SELECT objoid, 0 FROM pg_shdescription
      WHERE classoid = 'pg_authid'::regclass AND description = $2::text) AS made ON made.oid = r.oid
  ORDER BY made.rank LIMIT 1`;

export async function findLogin(server: Server, madeFor: string): Promise<Login | undefined> {
  const [row] = await server.use((session) =>
    session.query<Login>(
      `SELECT r.rolname::text AS name, r.oid, r.rolsuper AS superuser FROM pg_roles r ${madeAs}`,
      [madeFor, markOf(madeFor)],
    ),
  );
  return row;
}
