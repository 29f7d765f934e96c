/** A connection that takes a request and never answers, as those may be that a function kept while it was frozen. */
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createSessions } from '../../../shared/connectors/aws-iam/sessions.ts';

const sockets = new Set<Socket>();
const silent = createServer((socket) => void sockets.add(socket));
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('a session that cannot be opened fails, and holds up nobody for ever', { timeout: 40_000 }, async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clock = { now: Date.now, sleepUntil: async () => undefined };
  const sessions = createSessions(clock, { endpoint, credentials });
  const target = { account: '222233334444', externalId: 'curfew-local-0123456789', region: 'eu-central-1', resources: {} }; // biome-ignore format: one line
  await expect(sessions.client(target, 'local', 'revoker')).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(sockets.size).toBe(3);
  sessions.close();
});
