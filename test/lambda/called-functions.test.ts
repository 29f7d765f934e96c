/** What calls targets, done by functions of their own: the API answers as if it did it itself, and nobody is taken at the API's word. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { AtTargets } from '../../functions/api/at-targets.ts';
import { byFunctions } from '../../functions/api/by-functions.ts';
import { CheckPayload, CredentialsPayload, ExtendPayload } from '../../shared/api/payloads.ts';
import type { Connector } from '../../shared/connectors/contract.ts';
import { answerHandler } from '../../shared/lambda/answer-handler.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { Ports } from '../../shared/ports.ts';
import { checkIntegration } from '../../shared/usecases/check-integration.ts';
import { extendAccess } from '../../shared/usecases/extend-access.ts';
import { issueCredentials } from '../../shared/usecases/issue-credentials.ts';
import { people, of } from '../api/organisation.ts';
import { createWorld, type World } from '../api/world.ts';
import { aGrant } from '../support/builders.ts';
import { captureOutput, entriesOf } from '../support/capture-output.ts';
import { lambdaContext } from '../support/lambda-context.ts';

const secret = 'hunter2-correct-horse';

/** The functions in this process: what crosses is JSON, both ways. */
function functionsOf(ports: Ports) {
  return {
    EXTEND_ACCESS_ARN: answerHandler(ExtendPayload, ports, (asked) => extendAccess(ports, asked)),
    ISSUE_CREDENTIALS_ARN: answerHandler(CredentialsPayload, ports, (asked) =>
      issueCredentials(ports, asked),
    ),
    CHECK_INTEGRATION_ARN: answerHandler(CheckPayload, ports, (asked) => checkIntegration(ports, asked)),
  };
}

type Name = keyof ReturnType<typeof functionsOf>;

function throughFunctions(ports: Ports): AtTargets {
  const names = { EXTEND_ACCESS_ARN: 'EXTEND_ACCESS_ARN', ISSUE_CREDENTIALS_ARN: 'ISSUE_CREDENTIALS_ARN', CHECK_INTEGRATION_ARN: 'CHECK_INTEGRATION_ARN' }; // biome-ignore format: one line
  return byFunctions(names, (arn, payload) => invoke(ports, arn as Name, payload));
}

async function invoke(ports: Ports, name: Name, payload: object): Promise<any> {
  const answer = await functionsOf(ports)[name](JSON.parse(JSON.stringify(payload)), lambdaContext());
  return JSON.parse(JSON.stringify(answer)) as unknown;
}

const failing = (error: () => Error): Partial<Connector> => ({
  extend: async () => fail(error()),
  credentials: async () => fail(error()),
  check: async () => fail(error()),
});

function fail(error: Error): never {
  throw error;
}

const targets: [string, Partial<Connector>][] = [
  ['works', { credentials: async () => ({ user: 'u', password: secret, port: 5432, commands: ['a', 'b'] }) }],
  ['is away', failing(() => new CurfewError('TargetUnavailable', 'The target is away.', { mayLand: false }))],
  [
    'refuses',
    failing(() => new CurfewError('TargetRefused', 'The role is gone.', { rule: 'r', mayLand: false })),
  ],
  ['asks for patience', failing(() => new CurfewError('Throttled', 'Slower.', { mayLand: false }))],
  ['fails in a way of its own', failing(() => new TypeError(`postgres://curfew:${secret}@db`))],
  ['gives no secret', { credentials: async () => undefined }],
];

describe.each(targets)('where the target %s', (name, connector) => {
  const calls: [string, string, (world: World) => Promise<unknown>][] = [
    ['ada', 'extends', (world) => world.post('ada', '/grants/g1/extend', { duration: '1m', reason: 'ünder way' }, { 'idempotency-key': 'k' })], // biome-ignore format: one line
    ['ada', 'extends it again by the same key', (world) => world.post('ada', '/grants/g1/extend', { duration: '1m', reason: 'ünder way' }, { 'idempotency-key': 'k' })], // biome-ignore format: one line
    ['ada', 'sends another body by that key', (world) => world.post('ada', '/grants/g1/extend', { duration: '2m', reason: 'ünder way' }, { 'idempotency-key': 'k' })], // biome-ignore format: one line
    ['ada', 'asks for more than the flow gives', (world) => world.post('ada', '/grants/g1/extend', { duration: '300d', reason: 'r' })], // biome-ignore format: one line
    ['ada', 'extends what is over', (world) => world.post('ada', '/grants/g2/extend', { duration: '1m', reason: 'r' })], // biome-ignore format: one line
    ['ada', 'uses it', (world) => world.post('ada', '/grants/g1/credentials')],
    ['root', "uses somebody else's", (world) => world.post('root', '/grants/g1/credentials')],
    ['bo', 'uses what is not theirs to see', (world) => world.post('bo', '/grants/g1/credentials')],
    ['ada', 'uses what never was', (world) => world.post('ada', '/grants/nope/credentials')],
    ['root', 'checks', (world) => world.call('root', '/integrations/orders-db/check')],
    ['root', 'checks what never was', (world) => world.call('root', '/integrations/nope/check')],
    ['ada', 'checks without the right to', (world) => world.call('ada', '/integrations/orders-db/check')],
  ];
  let worlds: World[];
  beforeAll(async () => {
    worlds = [
      await createWorld({ connector }),
      await createWorld({ connector, atTargets: throughFunctions }),
    ];
    for (const world of worlds)
      await world.put(aGrant('active', of('ada')), aGrant('revoked', { ...of('ada'), id: 'g2' }));
  });

  // Whoever comes by the key of a call that may yet land waits for it; and here no time passes.
  const waits = name === 'fails in a way of its own' ? /key$/ : /^$/;
  it.each(calls.filter(([, does]) => !waits.test(does)))(
    '%s %s: one answer, whoever does it',
    async (_who, _does, act) => {
      const [itself, byAnother] = worlds as [World, World];
      const seen = (answer: any) => ({ ...answer, headers: Object.fromEntries(answer.headers) });
      const { result, output } = await captureOutput(async () => [await act(itself), await act(byAnother)]);
      const [one, other] = result.map(seen);
      expect(other).toEqual(one);
      expect(output).not.toContain(secret);
    },
  );
});

describe('a function that the API calls', () => {
  const asked = { by: 'ada', correlationId: 'cor-1', grantId: 'g1', durationSeconds: 60, reason: 'r' };
  const world = async (connector: Partial<Connector> = {}) => {
    const made = await createWorld({ connector });
    await made.put(aGrant('active', of('ada')));
    return made;
  };

  it('does not take the API at its word: whoever is not there, or not active, gets nothing', async () => {
    const { ports, writes } = await world();
    const before = writes();
    const gone = people.map((person) => ({ ...person, active: person.id !== 'ada' }));
    const directory = { ...ports.directory, person: async (id: string) => gone.find((one) => one.id === id) };
    for (const by of ['ada', 'nobody'])
      for (const name of ['EXTEND_ACCESS_ARN', 'ISSUE_CREDENTIALS_ARN', 'CHECK_INTEGRATION_ARN'] as const)
        expect(
          await invoke({ ...ports, directory }, name, { ...asked, by, integrationId: 'orders-db' }),
        ).toEqual({
          ok: false,
          error: { code: 'Forbidden', detail: expect.stringContaining('no active person') },
        });
    expect(writes()).toBe(before);
  });

  it('takes rights from the directory, whatever is sent along', async () => {
    const { ports } = await world();
    const forged = { ...asked, by: 'bo', person: { id: 'ada', groups: ['admins'] }, rights: ['admin'] };
    expect(await invoke(ports, 'ISSUE_CREDENTIALS_ARN', forged)).toMatchObject({
      ok: false,
      error: { code: 'NotFound' },
    });
    const person = { by: { ...people[0], id: 'ada', groups: ['admins'] } };
    expect(await invoke(ports, 'ISSUE_CREDENTIALS_ARN', { ...asked, ...person })).toMatchObject({
      ok: false,
      error: { code: 'Internal' },
    });
  });

  it.each([
    {},
    null,
    { ...asked, durationSeconds: 1.5 },
    { ...asked, durationSeconds: -60 },
    { ...asked, reason: '' },
    { ...asked, grantId: 'GRANT#x' },
    { ...asked, idempotency: { key: 'k', bodyHash: 'x' } },
  ])('looks at what it is sent, and runs nothing: %j', async (event) => {
    const { ports, writes } = await world();
    const before = writes();
    const answer = await functionsOf(ports).EXTEND_ACCESS_ARN(event, lambdaContext());
    expect(answer).toEqual({
      ok: false,
      error: { code: 'Internal', detail: 'Something went wrong on our side' },
    });
    expect(writes()).toBe(before);
  });

  it('tells nothing of what is unexpected, and logs it by the id that the client was given', async () => {
    const { ports } = await world();
    const table = {
      ...ports.table,
      get: () => Promise.reject(Object.assign(new TypeError(secret), { code: 'EBAD' })),
    };
    const { result, output } = await captureOutput(() =>
      invoke({ ...ports, table }, 'EXTEND_ACCESS_ARN', asked),
    );
    expect(result).toEqual({
      ok: false,
      error: { code: 'Internal', detail: 'Something went wrong on our side' },
    });
    expect(output).not.toContain(secret);
    const named = { grantId: 'g1', correlationId: 'cor-1' };
    const failed = { ...named, level: 'ERROR', message: 'failed', code: 'Internal', errorName: 'TypeError', errorCode: 'EBAD' }; // biome-ignore format: one line
    expect(entriesOf(output)).toContainEqual(expect.objectContaining(failed));
    expect(entriesOf(output)).toContainEqual(expect.objectContaining({ Failed: 1 }));
  });

  it('logs a refusal as no failure', async () => {
    const { ports } = await world();
    const { output } = await captureOutput(() => invoke(ports, 'EXTEND_ACCESS_ARN', { ...asked, by: 'bo' }));
    expect(entriesOf(output).map((entry) => entry['message'])).toEqual(['done']);
  });

  it('writes no password', async () => {
    const { ports } = await world({ credentials: async () => ({ user: 'u', password: secret }) });
    const { result, output } = await captureOutput(() => invoke(ports, 'ISSUE_CREDENTIALS_ARN', asked));
    expect(result).toMatchObject({ ok: true, value: { password: secret } });
    expect(entriesOf(output)).toHaveLength(1);
    expect(output).not.toContain(secret);
  });
});

describe('the API', () => {
  it.each([
    undefined,
    null,
    'x',
    {},
    { ok: true },
    { ok: true, value: { grant: { password: secret } } },
    { ok: false, error: { code: 'Made up', detail: secret } },
  ])('tells nothing of an answer that is none: %j', async (answer) => {
    const atTargets = byFunctions(
      { EXTEND_ACCESS_ARN: 'a', ISSUE_CREDENTIALS_ARN: 'b', CHECK_INTEGRATION_ARN: 'c' },
      async () => answer,
    );
    const world = await createWorld({ atTargets: () => atTargets });
    const { status, text } = await world.post('ada', '/grants/g1/extend', { duration: '1m', reason: 'r' });
    expect(status).toBe(500);
    expect(text + JSON.stringify(world.log)).not.toContain(secret);
  });
});
