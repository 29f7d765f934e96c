/** `flows plan` and `flows apply`: what is shown, what is asked, and that what is agreed to is what is done. */
import { afterEach, describe, expect, test } from 'vitest';
import { FlowPlan } from '../../shared/api/flow-change-routes.ts';
import { type Answers, type FakeServer, problem, startFakeServer } from './fake-server.ts';
import { atTerminal } from './fake-terminal.ts';
import { aGrantId, inSeconds } from './fixtures.ts';
import { aPlan, aRun, changes, digest, runId } from './flow-fixtures.ts';
import { curfew } from './run-cli.ts';

let server: FakeServer;
afterEach(() => server.close());

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

function whoMay(right: 'admin' | 'auditor') {
  const person = { id: 'olu', name: 'Olu Obi', email: 'olu@example.com', logins: {} };
  return { status: 200, body: { person, groups: [], rights: [right] } };
}

const begun = () => ({ status: 202, body: { runId } });
const applied = () => server.calls.filter(({ operation }) => operation === 'applyFlows');
const expected = () => applied().map(({ body }) => (body as { expect: string }).expect);

describe('flows plan', () => {
  test('shows the counts first, then each grant with its end now and then, and what to run next', async () => {
    await serving({ showFlowPlan: () => aPlan(), showMe: () => whoMay('admin') });
    const { code, stdout, stderr } = await curfew(server, ['flows', 'plan']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 to end, 1 to shorten, 1 kept as they are\n\nGRANT +PERSON +ENTITLEMENT/);
    expect(stdout).toMatch(
      /000000c1 +ben +orders-db\/orders\/read +revoke +\S+( \S+)? \(in 1[45] min.*\) +at once +The flow .* has left/,
    );
    expect(stdout).toMatch(/000000c2 .* shorten .* \(in [45] min.*\) +The flow orders-read allows 10m now\./);
    expect(stdout).toMatch(/000000c3 .* keep .* the same/);
    expect(stderr).toContain(`curfew flows apply --expect ${digest('a')} --reason`);
  });

  test('does not send auditors to what only admins may run', async () => {
    await serving({ showFlowPlan: () => aPlan(), showMe: () => whoMay('auditor') });
    const { code, stdout, stderr } = await curfew(server, ['flows', 'plan']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 to end');
  });

  test('has nothing to run next where nothing would change', async () => {
    const counts = { keep: 0, shorten: 0, revoke: 0 };
    await serving({ showFlowPlan: () => aPlan('0', { counts, items: [] }) });
    const { stdout, stderr } = await curfew(server, ['flows', 'plan']);
    expect(stdout).toBe('Every open grant has the present version of its flow.\n');
    expect(stderr).toBe('');
  });

  test('gives programs the plan, and nothing else', async () => {
    await serving({ showFlowPlan: () => aPlan() });
    const { stdout, stderr } = await curfew(server, ['flows', 'plan', '--json']);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(aPlan().body)));
    expect(stderr).toBe('');
  });

  test('never shows two plans as one: when it changes between two pages, it is read again', async () => {
    await serving({
      showFlowPlan: ({ query }, times) => {
        if (query['cursor'] === undefined)
          return aPlan(times < 3 ? 'a' : 'b', { items: changes.slice(0, 1), next: 'more' });
        return aPlan('b', { items: changes.slice(1) });
      },
    });
    const { stdout } = await curfew(server, ['flows', 'plan', '--all', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ digest: digest('b') });
    expect(FlowPlan.parse(JSON.parse(stdout)).items).toHaveLength(3);
    expect(server.calls).toHaveLength(4);
  });

  test('is refused to who may not see it', async () => {
    await serving({ showFlowPlan: () => problem('Forbidden', 'Only admins and auditors see this.') });
    const { code, stderr } = await curfew(server, ['flows', 'plan']);
    expect(code).toBe(4);
    expect(stderr).toContain('Only admins and auditors');
  });
});

describe('flows apply', () => {
  test('applies the plan that was named, waits for its end, and says what became of it', async () => {
    await serving({
      applyFlows: begun,
      getRun: (_, times) => (times < 3 ? aRun({ state: 'running', settled: times - 1 }) : aRun()),
    });
    const args = ['flows', 'apply', '--expect', digest('a'), '--reason', 'Shorter days'];
    const { code, stdout, stderr } = await curfew(server, args);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`run +${runId}\\nstate +done`));
    expect(stdout).toMatch(/shortened +1\nend asked for +1\n/);
    expect(stderr).toContain('grants --status revoking,revoke_failed');
    expect(applied()[0]?.body).toEqual({ expect: digest('a'), reason: 'Shorter days' });
    expect(applied()[0]?.headers['idempotency-key']).toMatch(/.{20}/);
  });

  test('ends with 1 when a grant could not be changed, and names it', async () => {
    const outcomes = { shortened: 1, revoke_asked: 0, already_closed: 0, not_due: 0, failed: 1 };
    const items = [
      { grantId: aGrantId('c1'), outcome: 'failed' as const, error: 'Conflict: too busy', at: inSeconds(0) },
    ];
    await serving({ applyFlows: begun, getRun: () => aRun({ outcomes, items, left: 1 }) });
    const args = ['flows', 'apply', '--expect', digest('a'), '--reason', 'why'];
    const { code, stdout, stderr } = await curfew(server, args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/000000c1 +Conflict: too busy/);
    expect(stderr).toContain('1 open grants would still change');
    expect(stderr).toContain('1 of 2 grants could not be changed.');
  });

  test('ends with 6 when the plan is another one, and does not try another', async () => {
    await serving({ applyFlows: () => problem('StateConflict', 'Nothing was done: the plan has changed.') });
    const args = ['flows', 'apply', '--expect', digest('a'), '--reason', 'why', '--json'];
    const { code, stderr, stdout } = await curfew(server, args);
    expect(code).toBe(6);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'StateConflict' });
    expect(applied()).toHaveLength(1);
  });

  test('with --yes applies whatever the plan is, again when it changed on the way', async () => {
    await serving({
      showFlowPlan: (_, times) => aPlan(times === 1 ? 'a' : 'b'),
      applyFlows: (_, times) => (times === 1 ? problem('StateConflict', 'Nothing was done.') : begun()),
      getRun: () => aRun(),
    });
    const { code, stdout } = await curfew(server, ['flows', 'apply', '--yes', '-r', 'why', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: runId, state: 'done' });
    expect(expected()).toEqual([digest('a'), digest('b')]);
  });

  test('with --yes does nothing where nothing would change', async () => {
    const counts = { keep: 1, shorten: 0, revoke: 0 };
    await serving({ showFlowPlan: () => aPlan('0', { counts, items: [] }) });
    const { code, stdout } = await curfew(server, ['flows', 'apply', '--yes', '-r', 'why']);
    expect(code).toBe(0);
    expect(stdout).toContain('there is nothing to apply');
    expect(applied()).toEqual([]);
  });

  test.each([
    [['-r', 'why'], '--expect, of `flows plan`, or --yes'],
    [['--yes'], '--reason'],
    [[], 'or --yes and --reason'],
  ])('without a terminal says what is missing: %j', async (args, missing) => {
    await serving({});
    const { code, stderr } = await curfew(server, ['flows', 'apply', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(missing);
    expect(server.calls).toEqual([]);
  });

  test('sends no --expect that can be no digest, and says where to find one', async () => {
    await serving({});
    const { code, stderr } = await curfew(server, ['flows', 'apply', '--expect', 'wrong', '-r', 'why']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--expect wrong is not the digest of a plan\.\n.*: curfew flows plan\n$/);
    expect(server.calls).toEqual([]);
  });

  test('with --no-wait says where it stands', async () => {
    await serving({ applyFlows: begun, getRun: () => aRun({ state: 'running', settled: 1 }) });
    const args = ['flows', 'apply', '--expect', digest('a'), '-r', 'why', '--no-wait'];
    expect((await curfew(server, args)).stdout).toMatch(/state +running: 1 of 2/);
  });

  test('Ctrl-C stops the waiting, not the run, and says how to see it', async () => {
    await serving({ applyFlows: begun, getRun: () => aRun({ state: 'running', settled: 1 }) });
    const me = atTerminal(server, ['flows', 'apply', '--expect', digest('a'), '-r', 'why']);
    await me.type('Changing open grants: 1 of 2', '');
    me.interrupt();
    expect(await me.ended).toMatchObject({ exit: 'interrupted', hint: `See it: curfew show ${runId}` });
  });
});

describe('at a terminal', () => {
  const args = ['flows', 'apply', '-r', 'why'];

  test('the plan is shown and asked about, and what was agreed to is what is sent', async () => {
    await serving({ showFlowPlan: () => aPlan(), applyFlows: begun, getRun: () => aRun() });
    const me = atTerminal(server, args);
    await me.type('End 1 and shorten 1 open grants now?', 'y\r');
    expect(await me.ended).toBeUndefined();
    expect(me.screen()).toContain('1 to end, 1 to shorten, 1 kept as they are');
    expect(me.stdout()).not.toContain('1 to end');
    expect(expected()).toEqual([digest('a')]);
  });

  test.each(['n\r', '\r'])('nothing is sent unless the answer is yes (%j)', async (keys) => {
    await serving({ showFlowPlan: () => aPlan() });
    const me = atTerminal(server, args);
    await me.type('End 1 and shorten 1 open grants now?', keys);
    expect(await me.ended).toMatchObject({ exit: 'interrupted', message: 'Nothing was changed.' });
    expect(applied()).toEqual([]);
  });

  test('another plan is asked about again', async () => {
    await serving({
      showFlowPlan: (_, times) =>
        times === 1 ? aPlan() : aPlan('b', { counts: { keep: 1, shorten: 0, revoke: 1 } }),
      applyFlows: (_, times) => (times === 1 ? problem('StateConflict', 'Nothing was done.') : begun()),
      getRun: () => aRun(),
    });
    const me = atTerminal(server, args);
    await me.type('End 1 and shorten 1 open grants now?', 'y\r');
    await me.type('The plan has changed just now', '');
    await me.type('End 1 and shorten 0 open grants now?', 'y\r');
    expect(await me.ended).toBeUndefined();
    expect(expected()).toEqual([digest('a'), digest('b')]);
  });
});

test('show gives a run by its id', async () => {
  await serving({ getRun: () => aRun() });
  const { code, stdout } = await curfew(server, ['show', runId]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/by +Adam Aydin: why/);
});

test('flows has help for both, and a list of its own still', async () => {
  await serving({ listFlows: () => ({ status: 200, body: { items: [] } }) });
  expect((await curfew(server, ['flows'])).stdout).toContain('There are no access flows.');
  expect((await curfew(server, ['flows', '--help'])).stdout).toMatch(/plan .*\n[^]*apply /);
  expect((await curfew(server, ['flows', 'apply', '--help'])).stdout).toMatch(/--expect <digest>/);
  const wrong = await curfew(server, ['flows', 'apply', '--nonsense']);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('curfew:');
});
