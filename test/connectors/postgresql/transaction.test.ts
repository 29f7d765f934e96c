/** When a transaction says that nothing of it will land: callers clean up after everything else. */
import { expect, test } from 'vitest';
import type { Session } from '../../../shared/connectors/postgresql/open-session.ts';
import type { CurfewError } from '../../../shared/model/errors.ts';
import { transaction } from '../../../shared/connectors/postgresql/transaction.ts';

/** A session that notes what it is told, and fails where it shall. */
function sessionFailing(at?: string, error?: Error): { session: Session; said: string[] } {
  const said: string[] = [];
  const session: Session = {
    database: 'x',
    pid: 1,
    since: '',
    version: 180_000,
    broken: false,
    query: async (sql: string) => {
      said.push(sql);
      if (sql === at) throw error;
      return [];
    },
    close: async () => {},
    destroy: () => said.push('destroyed'),
  };
  return { session, said };
}

function run(session: Session, now = 0): Promise<unknown> {
  const call = { signal: new AbortController().signal, deadlineMs: 10 };
  const clock = { now: () => now, sleepUntil: async () => {} };
  return transaction(session, call as never, clock, () => session.query('work'));
}

const lost = new Error('Connection terminated unexpectedly');
const refused = Object.assign(new Error('permission denied'), { code: '42501' });

test('commits what was done in time', async () => {
  const { session, said } = sessionFailing();
  await run(session);
  expect(said).toEqual(['BEGIN', 'work', 'COMMIT']);
});

test('never commits after the deadline', async () => {
  const { session, said } = sessionFailing();
  await expect(run(session, 11)).rejects.toMatchObject({
    code: 'TargetUnavailable',
    details: { mayLand: false },
  });
  expect(said).toEqual(['BEGIN', 'work', 'ROLLBACK']);
});

test('is certain that nothing lands when the work failed, or the server refused to commit', async () => {
  for (const at of ['work', 'COMMIT'])
    await expect(run(sessionFailing(at, refused).session)).rejects.toMatchObject({
      details: { mayLand: false },
    });
  await expect(run(sessionFailing('work', lost).session)).rejects.toMatchObject({
    details: { mayLand: false },
  });
});

test('does not know when the connection was lost while committing', async () => {
  const error = await run(sessionFailing('COMMIT', lost).session).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TargetUnavailable' });
  expect((error as CurfewError).details.mayLand).toBeUndefined();
});

test('gives up a session that cannot be rolled back', async () => {
  const { session, said } = sessionFailing('ROLLBACK', lost);
  await expect(run(session, 11)).rejects.toMatchObject({ code: 'TargetUnavailable' });
  expect(said.at(-1)).toBe('destroyed');
});
