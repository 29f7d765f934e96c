-- Connects a database of your own to Curfew. Run it as a superuser (or as whoever administers the cluster), once in the
-- maintenance database and once in each database that grants are about. It may be run again: after new permission roles,
-- new schemas, or a new version of Curfew. The sample database of `npm start` is connected by this very file.
--
--   psql -d postgres -f postgresql-setup.sql
--   psql -d orders   -f postgresql-setup.sql
--   psql -d postgres -c '\password curfew'
--
-- What to change: the three values below. (Or set them before: PGOPTIONS="-c curfew.roles=app_read,app_write" psql ...)
DO $values$
DECLARE
  -- Your installation's mark, as in curfew.config.ts.
  installation text := 'local';
  -- The permission roles, separated by commas. They must exist, own nothing, and pass nothing on (postgresql.md).
  roles text := 'orders_read,orders_write,orders_admin,orders_oncall';
  -- Curfew's own login.
  login text := 'curfew';
BEGIN
  PERFORM set_config('curfew.installation', coalesce(nullif(current_setting('curfew.installation', true), ''), installation), false);
  PERFORM set_config('curfew.roles', coalesce(nullif(current_setting('curfew.roles', true), ''), roles), false);
  PERFORM set_config('curfew.login', coalesce(nullif(current_setting('curfew.login', true), ''), login), false);
END
$values$;

-- 1. Curfew's own login: no superuser. It may make and drop logins, and end sessions.
DO $login$
DECLARE
  me text := current_setting('curfew.login');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = me) THEN
    EXECUTE format('CREATE ROLE %I LOGIN INHERIT CREATEROLE NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS', me);
  END IF;
  EXECUTE format('ALTER ROLE %I LOGIN INHERIT CREATEROLE', me);
  EXECUTE format('GRANT pg_signal_backend TO %I', me);
  IF current_setting('server_version_num')::int >= 160000 THEN
    -- With reserved_connections = 10 in postgresql.conf, nobody can take the last slots from Curfew.
    EXECUTE format('GRANT pg_use_reserved_connections TO %I', me);
  END IF;
END
$login$;

-- 2. The estate: a role that nobody can log in as. What grantees made goes to it when their grant ends.
DO $estate$
DECLARE
  me text := current_setting('curfew.login');
  estate text := format('curfew_%s_estate', current_setting('curfew.installation'));
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = estate) THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', estate);
  END IF;
  IF current_setting('server_version_num')::int >= 160000 THEN
    EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET TRUE', estate, me);
  ELSE
    EXECUTE format('GRANT %I TO %I', estate, me);
  END IF;
END
$estate$;

-- 3. Curfew may put others into the permission roles, and have their privileges itself never. (Before 16, CREATEROLE may
-- put anybody into any role that is not superuser: there is nothing to grant.)
DO $roles$
DECLARE
  role text;
BEGIN
  IF current_setting('server_version_num')::int < 160000 THEN RETURN; END IF;
  FOREACH role IN ARRAY string_to_array(replace(current_setting('curfew.roles'), ' ', ''), ',') LOOP
    EXECUTE format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', role, current_setting('curfew.login'));
  END LOOP;
END
$roles$;

-- 4. In this database: Curfew gets in, and where a permission role may create something, it can be taken over.
DO $database$
DECLARE
  me text := current_setting('curfew.login');
  estate text := format('curfew_%s_estate', current_setting('curfew.installation'));
  roles text[] := string_to_array(replace(current_setting('curfew.roles'), ' ', ''), ',');
  schema text;
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), me);
  FOR schema IN
    SELECT n.nspname FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND EXISTS (SELECT FROM unnest(roles) role WHERE has_schema_privilege(role, n.oid, 'CREATE'))
  LOOP
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', schema, estate);
  END LOOP;
  -- Where functions of grantees go that somebody else's things need: no search path leads there.
  EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', estate, estate);
  IF EXISTS (SELECT FROM unnest(roles) role WHERE has_database_privilege(role, current_database(), 'CREATE')) THEN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO %I, %I', current_database(), me, estate);
  END IF;
END
$database$;
