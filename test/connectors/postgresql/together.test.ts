/** One look for many calls: what becomes of the others when the call that began it is stopped, or is refused. */
import { expect, test } from 'vitest';
import type { Call } from '../../../shared/connectors/contract.ts';
import { refused } from '../../../shared/connectors/postgresql/refused.ts';
import { createServers } from '../../../shared/connectors/postgresql/servers.ts';
import { CurfewError } from '../../../shared/model/errors.ts';

/** Never connected to. */
const secrets = { get: async () => 'postgres://curfew:x@nowhere.invalid/app' };
const servers = createServers({ secrets, clock: { now: () => 0, sleepUntil: async () => {} } });

function callWith(signal: AbortSignal): Call {
  const integration = { id: 'db', name: 'DB', kind: 'postgresql' as const, environment: 'test', target: { urlSecret: 'db', resources: {} } }; // biome-ignore format: one thought
  return { integration, installation: 'test', signal, deadlineMs: 10_000 };
}

test('a call that shares the look of another looks by itself when that one is stopped', async () => {
  const stop = new AbortController();
  const first = await servers.at(callWith(stop.signal));
  const second = await servers.at(callWith(new AbortController().signal));
  const stopped = first.together('role', () => {
    const { promise, reject } = Promise.withResolvers<string>();
    const cut = () => reject(new CurfewError('TargetUnavailable', 'The call was stopped.'));
    stop.signal.addEventListener('abort', cut);
    return promise;
  });
  const shared = second.together('role', async () => 'seen');
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: 'TargetUnavailable' });
  expect(await shared).toBe('seen');
});

test('a refusal is an answer, and holds for all that asked the same', async () => {
  const server = await servers.at(callWith(new AbortController().signal));
  const first = server.together('role', async () => Promise.reject<string>(refused('No such role.')));
  const second = server.together('role', async () => 'seen');
  await expect(first).rejects.toMatchObject({ code: 'TargetRefused' });
  await expect(second).rejects.toMatchObject({ code: 'TargetRefused' });
});
