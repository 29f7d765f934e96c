/** Is there room for grantees' sessions, and always a place left for Curfew? */
import type { Check } from '../contract.ts';
import type { Session } from './open-session.ts';
import type { Server } from './servers.ts';

/** Eight of ours, and one login that takes all it may. */
const ours = 8;

export async function checkRoom(server: Server): Promise<Check> {
  const { version, most, reserved, mayUse, me } = await server.use(readRoom);
  const needed = ours + server.target.connectionLimit;
  if (most < needed)
    return {
      name: 'connections',
      ok: false,
      detail: `max_connections leaves ${most} places, and ${needed} are needed: raise it, or lower connectionLimit.`,
    };
  if (version < 160_000)
    return {
      name: 'connections',
      ok: true,
      detail: `${most} places. Before 16 none can be kept for Curfew: one connection is held open always.`,
    };
  const remedies = [
    ...(reserved > 0 ? [] : ['ALTER SYSTEM SET reserved_connections = 10; (and restart the server)']),
    ...(mayUse ? [] : [`GRANT pg_use_reserved_connections TO ${me};`]),
  ];
  return {
    name: 'connections',
    ok: remedies.length === 0,
    detail:
      remedies.length === 0
        ? `${most} places, and ${reserved} of them kept for Curfew.`
        : `Grantees together could take every place. Run: ${remedies.join(' ')}`,
  };
}

interface Room {
  version: number;
  most: number;
  reserved: number;
  mayUse: boolean;
  me: string;
}

async function readRoom(session: Session): Promise<Room> {
  const modern = session.version >= 160_000;
  const [row] = await session.query<Omit<Room, 'version'>>(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
       coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
       ${modern ? "pg_has_role('pg_use_reserved_connections', 'USAGE')" : 'false'} AS "mayUse",
       quote_ident(current_user) AS me`,
  );
  return { ...(row as Omit<Room, 'version'>), version: session.version };
}
