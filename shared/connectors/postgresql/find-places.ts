/** Where a login left something: PostgreSQL keeps that for the whole cluster, so that no database is visited in vain. */
import type { Login } from './names.ts';
import type { Server } from './servers.ts';

export interface Place {
  database: string;
  /** Curfew cannot get in. */
  closed: boolean;
  /** The SQL that lets it in. */
  remedy: string;
}

/** What belongs to the cluster, or only waits in a prepared transaction, is looked after in the maintenance database. */
export function findPlaces(server: Server, login: Login): Promise<Place[]> {
  return server.use((session) =>
    session.query<Place>(
      `WITH named AS (
         SELECT dbid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1
         UNION SELECT 0 FROM pg_prepared_xacts WHERE owner = $2
       )
       SELECT d.datname::text AS database,
         NOT (d.datallowconn AND has_database_privilege(d.oid, 'CONNECT')) AS closed,
         CASE WHEN d.datallowconn THEN format('GRANT CONNECT ON DATABASE %I TO %I;', d.datname, current_user)
           ELSE format('ALTER DATABASE %I ALLOW_CONNECTIONS true;', d.datname) END AS remedy
       FROM pg_database d
       WHERE d.oid IN (SELECT dbid FROM named)
         OR (d.datname = current_database() AND EXISTS (SELECT FROM named WHERE dbid = 0))
       ORDER BY 1`,
      [login.oid, login.name],
    ),
  );
}
