/** Functions behind states: errors leave by their name alone, and nothing that was secret is written anywhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { log, type Fields } from '../../shared/lambda/log.ts';
import { stateHandler } from '../../shared/lambda/state-handler.ts';
import { StatePayload, WaitPayload } from '../../shared/lifecycle/payload.ts';
import { CurfewError, type ErrorCode, errors } from '../../shared/model/errors.ts';
import { captureOutput, entriesOf } from '../support/capture-output.ts';
import { lambdaContext } from '../support/lambda-context.ts';

const secret = 'hunter2-correct-horse';
const call = (run: () => Promise<unknown>, event: unknown = { grantId: 'gr_1', step: {} }) =>
  captureOutput(() =>
    stateHandler(StatePayload, run)(event, lambdaContext()).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: error as Error }),
    ),
  );

/** Everything of an error that a runtime could put on record. */
function told(error: Error): string {
  return JSON.stringify([
    error.name,
    error.message,
    error.stack,
    error.cause,
    Object.entries(error),
    String(error),
  ]);
}

describe('an error of the catalogue', () => {
  it.each(Object.keys(errors) as ErrorCode[])(
    '%s leaves by its name, which the state machine matches',
    async (code) => {
      const { result, output } = await call(async () => {
        throw new CurfewError(code, `the password is ${secret}`, { cause: new Error(secret), rule: secret });
      });
      const { error } = result as { error: Error };
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(CurfewError);
      expect(error.name).toBe(code);
      expect(error.message).toBe(errors[code].title);
      expect(error.stack).toBe(code);
      expect(told(error) + output).not.toContain(secret);
    },
  );
});

describe('an error of somebody else', () => {
  const foreign = (): Error => {
    const error = Object.assign(new TypeError(`connect postgres://curfew:${secret}@db`), {
      code: 'ECONNREFUSED',
      password: secret,
      $metadata: { requestId: 'a-b-c' },
    });
    error.cause = new Error(secret);
    return error;
  };

  it('leaves as Internal, with nothing of its own', async () => {
    const { result, output } = await call(async () => {
      throw foreign();
    });
    const { error } = result as { error: Error };
    expect(error.name).toBe('Internal');
    expect(told(error) + output).not.toContain(secret);
  });

  it('is logged by its kind, its code and the grant, so that somebody can find it', async () => {
    const { output } = await call(async () => {
      throw foreign();
    });
    expect(entriesOf(output)).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'failed',
        requestId: 'request-1',
        grantId: 'gr_1',
        code: 'Internal',
        errorName: 'TypeError',
        errorCode: 'ECONNREFUSED',
        awsRequestId: 'a-b-c',
      }),
    );
    expect(entriesOf(output)).toContainEqual(expect.objectContaining({ Failed: 1 }));
  });

  it.each([secret, undefined, null, 42, { message: secret }])(
    'may be no error at all: %j',
    async (thrown) => {
      const { result, output } = await call(async () => {
        throw thrown; // oxlint-disable-line typescript/only-throw-error -- what libraries do
      });
      expect((result as { error: Error }).error.name).toBe('Internal');
      expect(output).not.toContain(secret);
    },
  );
});

describe('a payload that the workflow does not send', () => {
  it('is Malformed: a name that is not retried, and no word of what was sent', async () => {
    let ran = false;
    const handler = stateHandler(WaitPayload, async () => {
      ran = true;
    });
    for (const event of [
      {},
      { grantId: 'gr_1' },
      { grantId: '', token: secret },
      { token: secret },
      secret,
      null,
    ]) {
      const { result, output } = await captureOutput(() =>
        handler(event, lambdaContext()).catch((error: unknown) => error as Error),
      );
      expect((result as Error).name).toBe('Malformed');
      expect(told(result as Error) + output).not.toContain(secret);
    }
    expect(ran).toBe(false);
  });
});

describe('what works', () => {
  it('is answered as it is, and logged without token and payload', async () => {
    const handler = stateHandler(WaitPayload, async ({ grantId, token }) => ({
      grantId,
      length: token.length,
    }));
    const event = { grantId: 'gr_1', token: secret, step: { until: 'x' } };
    const { result, output } = await captureOutput(() => handler(event, lambdaContext()));
    expect(result).toEqual({ grantId: 'gr_1', length: secret.length });
    expect(output).not.toContain(secret);
    expect(entriesOf(output)).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'done',
        grantId: 'gr_1',
        durationMs: expect.any(Number),
      }),
    ]);
  });
});

it('what the state machine goes on from by itself is not logged as a failure', async () => {
  for (const code of ['NotDue', 'Settling', 'TargetLagging'] as const) {
    const { output } = await call(async () => {
      throw new CurfewError(code, 'later');
    });
    expect(entriesOf(output)).toEqual([expect.objectContaining({ level: 'INFO', message: 'refused', code })]);
  }
});

it('the log lets nothing out but named fields of the form of an id, a name or a number', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.anything()), async (junk) => {
      const fields = { ...junk, token: secret, grantId: `is ${secret}`, errorName: secret, code: { secret } };
      const { output } = await captureOutput(async () => log('error', 'failed', fields as unknown as Fields));
      expect(output).not.toContain(secret);
      const known = ['level', 'message', 'timestamp', 'function', 'requestId', 'coldStart', 'traceId'];
      const [entry] = entriesOf(output);
      for (const [name, value] of Object.entries(entry ?? {}))
        if (!known.includes(name)) expect(['string', 'number']).toContain(typeof value);
      expect(Object.keys(entry ?? {})).not.toContain('token');
    }),
    { numRuns: 200 },
  );
});
