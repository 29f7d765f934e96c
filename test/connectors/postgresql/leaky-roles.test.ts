/** Permission roles that would leave something behind are refused before a grant, and reported by the check with what to run. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.asRoot('CREATE ROLE other; CREATE ROLE big SUPERUSER');
  await world.asRoot('CREATE DATABASE second');
  await world.asRoot('CREATE TABLE public.t (a int)', [], 'second');
});
afterAll(() => world?.close());

interface Leak {
  name: string;
  permission: string;
  make: string;
  message: RegExp;
  database?: string;
  mend?: string;
  from?: number;
  before?: number;
}

const leaks: Leak[] = [
  { name: 'owns something', permission: 'read', make: 'CREATE TABLE public.t (a int); ALTER TABLE public.t OWNER TO orders_read', message: /owns objects in orders/, mend: 'DROP TABLE public.t' },
  { name: 'owns something in another database', permission: 'read', database: 'second', make: 'ALTER TABLE public.t OWNER TO orders_read', message: /owns objects in second/, mend: 'ALTER TABLE public.t OWNER TO postgres' },
  { name: 'may pass on a right', permission: 'read', make: 'GRANT SELECT ON shop.orders TO orders_read WITH GRANT OPTION', message: /pass on its rights on shop.orders/ },
  { name: 'may pass on a right on a column', permission: 'read', make: 'GRANT SELECT (id) ON shop.orders TO orders_read WITH GRANT OPTION', message: /pass on its rights on shop.orders/ },
  { name: 'may pass on a right in another database', permission: 'read', database: 'second', make: 'GRANT SELECT ON public.t TO orders_read WITH GRANT OPTION', message: /pass on .* in second/ },
  { name: 'may pass on a right to the database', permission: 'read', make: 'GRANT CONNECT ON DATABASE orders TO orders_read WITH GRANT OPTION', message: /pass on its rights on orders/ },
  { name: 'may put others into a role', permission: 'read', make: 'GRANT other TO orders_read WITH ADMIN OPTION', message: /put others into "other"/, mend: 'REVOKE other FROM orders_read' },
  { name: 'is a member of a superuser', permission: 'read', make: 'GRANT big TO orders_read', message: /superuser/, mend: 'REVOKE big FROM orders_read' },
  { name: 'runs programs on the server', permission: 'read', make: 'GRANT pg_execute_server_program TO orders_read', message: /pg_execute_server_program/ },
  { name: "is a member of Curfew's estate", permission: 'read', make: 'GRANT curfew_test_estate TO orders_read', message: /which is Curfew's/ },
  { name: 'may create, and the login stays', permission: 'oncall', make: 'GRANT CREATE ON SCHEMA shop TO orders_oncall', message: /CREATE on shop/ },
  { name: 'may create schemas, and the login stays', permission: 'oncall', make: 'GRANT CREATE ON DATABASE orders TO orders_oncall', message: /CREATE on orders/ },
  { name: 'may make triggers, and the login stays', permission: 'oncall', make: 'GRANT TRIGGER ON shop.orders TO orders_oncall', message: /TRIGGER on shop.orders/ },
  { name: 'may create, where a member becomes the role', permission: 'admin', make: 'GRANT CREATE ON SCHEMA shop TO orders_admin', message: /CREATE on shop/, before: 16 },
  { name: 'may make roles, where a member becomes the role', permission: 'read', make: 'ALTER ROLE orders_read CREATEROLE', message: /may create roles/, mend: 'ALTER ROLE orders_read NOCREATEROLE', before: 16 },
]; // biome-ignore format: a table

describe('a permission role is refused that', () => {
  test.each(leaks)('$name', async ({ permission, make, message, database, mend, before }) => {
    if (before !== undefined && world.major >= before) return;
    await world.asRoot(make, [], database);
    const prepared = world.connector.prepare(world.call(), world.intent(permission));
    await expect(prepared).rejects.toMatchObject({
      code: 'TargetRefused',
      message: expect.stringMatching(message),
    });
    const checks = await world.connector.check(world.call());
    const found = checks.filter((check) => !check.ok && message.test(check.detail));
    expect(found.length).toBeGreaterThan(0);
    const statement = /Run: ([^;]+;)/.exec(found[0]?.detail ?? '')?.[1] ?? '';
    await world.asRoot(mend ?? statement, [], database);
    await world.connector.prepare(world.call(), world.intent(permission));
  });
});
