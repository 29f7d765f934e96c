/** One bounded call to a connector: its limit, and what is told of its errors. */
import { describe, expect, it } from 'vitest';
import { callTarget, mayLand } from '../../shared/lifecycle/call-target.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import { anIntegration } from '../support/builders.ts';
import { createFakeTarget } from '../support/fake-target.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

function begin() {
  const clock = createVirtualClock();
  const target = { connector: createFakeTarget(clock), integration: anIntegration() };
  const until = new Date(clock.now() + 10_000).toISOString();
  const call = <T>(act: Parameters<typeof callTarget<T>>[3]) =>
    callTarget({ clock, installation: 'test' }, target, until, act);
  return { clock, call };
}

describe('a call', () => {
  it('knows its limit and its installation', async () => {
    const { clock, call } = begin();
    const seen = await call(async ({ deadlineMs, installation, integration }) => ({
      deadlineMs,
      installation,
      id: integration.id,
    }));
    expect(seen).toEqual({ deadlineMs: clock.now() + 10_000, installation: 'test', id: 'orders-db' });
    expect(clock.pending()).toBe(0);
  });

  it('that does not answer is told to stop at its limit, and may land', async () => {
    const { clock, call } = begin();
    let stopped = false;
    const calling = call(
      ({ signal }) => new Promise(() => signal.addEventListener('abort', () => (stopped = true))),
    ).catch((error: unknown) => error);
    await clock.advance(9.999);
    expect(stopped).toBe(false);
    await clock.advance(0.001);
    const error = await calling;
    expect(error).toMatchObject({ code: 'TargetUnavailable' });
    expect({ stopped, lands: mayLand(error) }).toEqual({ stopped: true, lands: true });
  });

  it('hands on what the connector threw, and whether that may land', async () => {
    const { call } = begin();
    const refused = new CurfewError('TargetRefused', 'no', { mayLand: false });
    const error = await call(() => Promise.reject(refused)).catch((thrown: unknown) => thrown);
    expect(error).toBe(refused);
    expect(mayLand(error)).toBe(false);
  });

  it.each([
    [
      new Error('ALTER ROLE x PASSWORD secret-1'),
      'The call to Orders database failed unexpectedly; see the log.',
    ],
    [
      Object.assign(new Error('secret-1'), { code: 'ECONNRESET' }),
      'The call to Orders database failed unexpectedly (ECONNRESET); see the log.',
    ],
    [
      Object.assign(new Error('x'), { code: 'secret-1 in a code' }),
      'The call to Orders database failed unexpectedly; see the log.',
    ],
    ['secret-1', 'The call to Orders database failed unexpectedly; see the log.'],
  ])('S5 tells nothing of an error that is not ours but its code: %s', async (thrown, message) => {
    const { call } = begin();
    const error = await call(() => Promise.reject(thrown)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'TargetUnavailable', message, cause: thrown });
    expect(mayLand(error)).toBe(true);
  });
});
