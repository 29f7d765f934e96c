/** `connect`: psql gets the password by its environment alone, and whoever has none gets the fields. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answers, type FakeServer, problem, startFakeServer } from './fake-server.ts';
import { aCatalogItem, aGrantId, aGrantView, aRevokedGrant } from './fixtures.ts';
import { curfew, start, until } from './run-cli.ts';

const password = 'fresh-password-1';
const credentials = {
  host: '127.0.0.1',
  port: 5555,
  database: 'orders',
  user: 'curfew_x',
  password,
  validUntil: '2030-01-01T00:00:00.000Z',
};

let server: FakeServer;
let tools: string;
beforeEach(() => void (tools = mkdtempSync(join(tmpdir(), 'curfew-tools-'))));
afterEach(async () => {
  rmSync(tools, { recursive: true, force: true });
  await server.close();
});

const ready: Answers = {
  findGrants: () => ({ status: 200, body: { items: [aGrantView()] } }),
  getGrant: () => ({ status: 200, body: aGrantView() }),
  issueCredentials: () => ({ status: 200, body: credentials }),
};

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

/** A psql that writes down what it was given, then does `script`. On a PATH without any other. */
function withPsql(script = ''): Record<string, string> {
  const file = join(tools, 'psql');
  const code = `require('fs').writeFileSync(${JSON.stringify(join(tools, 'given.json'))}, JSON.stringify({ argv: process.argv.slice(2), env: process.env }));${script}`;
  writeFileSync(file, `#!/usr/bin/env node\n${code}\n`);
  chmodSync(file, 0o755);
  return { PATH: [tools, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter) };
}

function given(): { argv: string[]; env: Record<string, string> } {
  return JSON.parse(readFileSync(join(tools, 'given.json'), 'utf8')) as ReturnType<typeof given>;
}

describe('named by what it gives', () => {
  const write = { integration: 'orders-db', resource: 'orders', permission: 'write' };
  const both = [aGrantView(), aGrantView({ id: aGrantId('a2'), entitlement: write })];
  const mine: Answers = {
    ...ready,
    findGrants: ({ query }) => ({
      status: 200,
      body: { items: query['grantee'] === 'me' && query['status'] === 'active' ? both : [] },
    }),
  };
  const used = () => server.calls.filter(({ operation }) => operation === 'issueCredentials');

  test('takes the only active grant of mine that gives it', async () => {
    await serving(mine);
    const { code } = await curfew(server, ['connect', 'orders-db/orders/write', '--print']);
    expect(code).toBe(0);
    expect(used().map(({ params }) => params['id'])).toEqual([aGrantId('a2')]);
  });

  test('lists those that begin so, where there are several', async () => {
    await serving(mine);
    const { code, stderr } = await curfew(server, ['connect', 'orders-db', '--print']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      '"orders-db" means 2 grants: 000000a1 (orders-db/orders/read), 000000a2 (orders-db/orders/write).\nGive the id',
    );
    expect(used()).toEqual([]);
  });

  test.each(['orders', 'orders-db/orders/wri', 'orders-db/orders/admin', '/'])(
    'does not take %s for it',
    async (typed) => {
      await serving(mine);
      const { code, stderr } = await curfew(server, ['connect', typed, '--print']);
      expect(code).toBe(5);
      expect(stderr).toContain(`begins or ends with "${typed}"`);
    },
  );
});

describe('with psql', () => {
  test('hands it the password by its environment, and never on a command line', async () => {
    await serving(ready);
    const env = {
      ...withPsql('process.stdout.write("psql was here")'),
      PGSERVICE: 'other',
      PGHOSTADDR: '10.0.0.1',
    };
    const { code, stdout, stderr } = await curfew(server, ['connect', 'a1', '--', '-c', 'select 1'], { env });
    expect([code, stdout]).toEqual([0, 'psql was here']);
    expect(given().argv).toEqual(['-c', 'select 1']);
    expect(given().env).toMatchObject({
      PGHOST: '127.0.0.1',
      PGPORT: '5555',
      PGDATABASE: 'orders',
      PGUSER: 'curfew_x',
      PGPASSWORD: password,
    });
    for (const name of ['PGSERVICE', 'PGHOSTADDR', 'CURFEW_TOKEN'])
      expect(given().env).not.toHaveProperty(name);
    expect(stdout + stderr).not.toContain(password);
    expect(stderr).toContain('your session is closed then');
  });

  test('takes options for psql without naming a grant', async () => {
    await serving(ready);
    const { code } = await curfew(server, ['connect', '--', '-c', 'select 1'], { env: withPsql() });
    expect(code).toBe(0);
    expect(given().argv).toEqual(['-c', 'select 1']);
  });

  test('says that the access ended meanwhile', async () => {
    await serving({
      ...ready,
      getGrant: () => ({ status: 200, body: aRevokedGrant() }),
    });
    const { code, stderr } = await curfew(server, ['connect'], { env: withPsql('process.exitCode = 2') });
    expect(code).toBe(4);
    expect(stderr).toContain('Your access to orders-db/orders/read has ended: revoked (self)');
  });

  test('leaves Ctrl-C to psql', async () => {
    await serving(ready);
    const env = withPsql(
      'setInterval(() => { if (require("fs").existsSync(process.argv[1] + ".go")) process.exit(0); }, 20)',
    );
    const running = start(server, ['connect'], { env: { CURFEW_HOME: server.home, ...env } });
    await until(() => {
      try {
        return given().argv.length === 0;
      } catch {
        return false;
      }
    });
    running.child.kill('SIGINT');
    writeFileSync(join(tools, 'psql.go'), '');
    expect((await running.ended).code).toBe(0);
  });
});

describe('without psql', () => {
  const env = { PATH: '/nowhere' };

  test('prints the fields', async () => {
    await serving(ready);
    const { code, stdout, stderr } = await curfew(server, ['connect'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /host +127\.0\.0\.1\nport +5555\ndatabase +orders\nuser +curfew_x\npassword +fresh-password-1\n/,
    );
    expect(stderr).toContain('psql is not installed');
  });

  test('gives them as JSON', async () => {
    await serving(ready);
    const { stdout } = await curfew(server, ['connect', '--print', '--json'], { env });
    expect(JSON.parse(stdout)).toEqual(credentials);
  });
});

describe('with a query', () => {
  test('says what is wrong where the database does not answer', async () => {
    const port = await closedPort();
    await serving({ ...ready, issueCredentials: () => ({ status: 200, body: { ...credentials, port } }) });
    const { code, stdout, stderr } = await curfew(server, ['connect', '--query', 'select 1']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('The database says:');
    expect(stderr).not.toContain(password);
  });

  test('ends with 4 where the access has ended', async () => {
    const port = await closedPort();
    await serving({
      ...ready,
      issueCredentials: () => ({ status: 200, body: { ...credentials, port } }),
      getGrant: () => ({ status: 200, body: aRevokedGrant() }),
    });
    const { code, stderr } = await curfew(server, ['connect', '--query', 'select 1']);
    expect(code).toBe(4);
    expect(stderr).toContain('has ended: revoked (self)');
  });
});

describe('where the access is held by a login of the person', () => {
  const oncall = { integration: 'orders-db', resource: 'orders', permission: 'oncall' };
  const membership: Answers = {
    findGrants: () => ({ status: 200, body: { items: [aGrantView({ entitlement: oncall })] } }),
    listCatalog: () => ({
      status: 200,
      body: { items: [aCatalogItem({ permission: 'oncall', mode: 'membership' })] },
    }),
  };

  test('names that login, and asks for no password', async () => {
    await serving(membership);
    const { code, stdout } = await curfew(server, ['connect']);
    expect(code).toBe(0);
    expect(stdout).toContain('with your own login "ana"');
    expect(server.calls.map(({ operation }) => operation)).not.toContain('issueCredentials');
  });

  test('runs no query, since it has no password', async () => {
    await serving(membership);
    expect((await curfew(server, ['connect', '-q', 'select 1'])).code).toBe(2);
  });
});

test('what is not active cannot be used', async () => {
  await serving({ getGrant: () => ({ status: 200, body: aRevokedGrant() }) });
  const { code, stderr } = await curfew(server, ['connect', aGrantId('a1')]);
  expect(code).toBe(6);
  expect(stderr).toContain('it is revoked (self)');
});

test('what the server refuses to give ends with 6', async () => {
  await serving({ ...ready, issueCredentials: () => problem('StateConflict', 'It was being ended.') });
  expect((await curfew(server, ['connect', '--print'])).code).toBe(6);
});

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
