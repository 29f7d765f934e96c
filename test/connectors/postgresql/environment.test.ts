/** Variables that somebody set for their psql are no business of ours: not of our clients, nor of the server we start. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { closedUrl } from '../../../shared/connectors/postgresql/closed-url.ts';

const theirs = {
  PGHOST: '192.0.2.1',
  PGPORT: '1',
  PGUSER: 'nobody',
  PGPASSWORD: 'wrong',
  PGDATABASE: 'nowhere',
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGOPTIONS: '-c default_transaction_read_only=on -c search_path=nowhere',
  PGAPPNAME: 'psql',
  PGCLIENT_ENCODING: 'LATIN1',
  PGREPLICATION: 'database',
  PGCONNECT_TIMEOUT: '1',
  PGDATA: '/nowhere',
  PGTZ: 'Nowhere/Here',
};

test('a server starts, access is granted and ends, with every PG variable set to something else', async () => {
  const probe = fileURLToPath(new URL('./environment-probe.ts', import.meta.url));
  const env = { ...process.env, ...theirs };
  const { stdout } = await promisify(execFile)(process.execPath, [probe], { env, timeout: 60_000 });
  expect(JSON.parse(stdout)).toEqual({ failed: [], ours: ['curfew:test'] });
});

test("a URL's own wishes stay: its TLS, its port, its encoding", () => {
  const url = new URL(
    closedUrl('postgres://me:p%40ss@db:6000/app?sslmode=verify-full&client_encoding=latin1'),
  );
  expect([url.username, url.password, url.port, url.pathname]).toEqual(['me', 'p%40ss', '6000', '/app']);
  expect(url.searchParams.get('sslmode')).toBe('verify-full');
  expect(url.searchParams.get('client_encoding')).toBe('latin1');
});

test("our own settings of a session win over the URL's", () => {
  const url = new URL(
    closedUrl('postgres://me@db/app?options=-c%20search_path%3Devil', '-c search_path=pg_catalog'),
  );
  expect(url.searchParams.get('options')).toBe('-c search_path=pg_catalog');
});
