/** Runs one query with the credentials of a grant and prints its rows: for scripts, and where there is no psql. */
import type { FieldDef, QueryArrayResult } from 'pg';
import type * as z from 'zod';
import type { Credentials } from '../shared/api/grant-routes.ts';
import type { GrantView } from '../shared/api/grant-view.ts';
import { CliError } from './cli-error.ts';
import { sayWhetherOver } from './say-whether-over.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';

const connectMs = 10_000;

type Result = QueryArrayResult<unknown[]>;

/** Throws `unexpected` with what the database says, `refused` where it says so because the access has ended. */
export async function runQuery(
  session: Session,
  grant: GrantView,
  credentials: z.output<typeof Credentials>,
  sql: string,
): Promise<void> {
  const { default: pg } = await import('pg');
  const { host, port, database, user, password } = credentials;
  const client = new pg.Client({
    host: String(host),
    port: Number(port),
    database: String(database),
    user: String(user),
    password: String(password),
    application_name: 'curfew',
    connectionTimeoutMillis: connectMs,
  });
  // A session that is ended from outside is told by the query; a second report has nobody to take it.
  client.on('error', () => undefined);
  const stop = () => void client.end().catch(() => undefined);
  session.shell.stop.addEventListener('abort', stop);
  try {
    await client.connect();
    const answer: unknown = await client.query({ text: sql, rowMode: 'array' });
    show(session, (Array.isArray(answer) ? answer.at(-1) : answer) as Result);
  } catch (error) {
    throw await explain(session, grant, error as Error);
  } finally {
    session.shell.stop.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}

async function explain(session: Session, grant: GrantView, error: Error): Promise<CliError> {
  if (session.shell.stop.aborted) return new CliError('interrupted', 'Interrupted.');
  const over = await sayWhetherOver(session, grant);
  const code = (error as { code?: unknown }).code;
  return new CliError(over ? 'refused' : 'unexpected', `The database says: ${error.message}.`, {
    ...(typeof code === 'string' && { facts: { sqlState: code } }),
    cause: error,
  });
}

function show({ out }: Session, { rows, fields, rowCount, command }: Result): void {
  const data = {
    command,
    rowCount,
    columns: fields.map(({ name }) => name),
    rows: rows.map((row) => asObject(fields, row)),
  };
  const columns = fields.map(({ name }, n) => ({
    title: name,
    value: (row: unknown[]) => asText(row[n]),
    flexible: true,
  }));
  const done = `${command ?? 'done'}${rowCount === null ? '' : ` ${rowCount}`}`;
  out.result(
    data,
    fields.length === 0
      ? done
      : table(out, rows, columns, `${fields.map(({ name }) => name).join('  ')}\n(no rows)`),
  );
}

function asObject(fields: FieldDef[], row: unknown[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name }, n) => [name, row[n]]));
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
