/** The reconciler as a function: what it is called for, what it hands back, and what it says of itself each time. */
import { describe, expect, it } from 'vitest';
import { createLook } from '../../functions/reconcile/look.ts';
import { messagesOf, occasionOf } from '../../functions/reconcile/occasion.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { becomes, isActive } from '../support/acting.ts';
import { captureOutput, entriesOf } from '../support/capture-output.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { createWorld } from '../support/world.ts';
import { eventHandler } from '../../shared/lambda/event-handler.ts';

const machineArn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:curfew-test-grant';

/** As EventBridge sends them. */
const tick = { version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const ended = (name: string, status = 'ABORTED', stateMachineArn = machineArn) => ({
  version: '0',
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: {
    executionArn: `x:${name}`,
    stateMachineArn,
    name,
    status,
    input: '{"grantId":"else"}',
    error: null,
  },
});
const queued = (...bodies: unknown[]) => ({
  Records: bodies.map((body, i) => ({
    messageId: `m${i}`,
    eventSource: 'aws:sqs',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});

describe('why it is called', () => {
  it('is the time, or an execution that ended without doing its work', () => {
    expect(occasionOf(tick)).toEqual({ kind: 'tick' });
    for (const status of ['FAILED', 'ABORTED', 'TIMED_OUT'])
      expect(occasionOf(ended('gr_1-r2', status))).toEqual({
        kind: 'ended',
        execution: 'gr_1-r2',
        machineArn,
      });
    expect(occasionOf(ended('gr_1', 'SUCCEEDED'))).toEqual({ kind: 'tick' });
  });

  it('is a look, whatever it cannot understand', () => {
    for (const odd of [
      undefined,
      null,
      {},
      [],
      'x',
      { 'detail-type': 'Step Functions Execution Status Change' },
    ])
      expect(occasionOf(odd)).toEqual({ kind: 'tick' });
  });

  it('comes straight from the bus, or in messages of a queue', () => {
    expect(messagesOf(tick)).toBeUndefined();
    expect(messagesOf(queued(tick, ended('gr_1'), '{'))).toEqual([
      { id: 'm0', occasion: { kind: 'tick' } },
      { id: 'm1', occasion: { kind: 'ended', execution: 'gr_1', machineArn } },
      { id: 'm2', occasion: { kind: 'tick' } },
    ]);
  });
});

/** The metrics of what ran, by CloudWatch's embedded format. */
function metricsOf(output: string): Record<string, unknown> {
  const entry = entriesOf(output).find((each) => '_aws' in each) ?? {};
  const [group] = (entry['_aws'] as { CloudWatchMetrics: { Metrics: { Name: string }[] }[] })
    .CloudWatchMetrics;
  return Object.fromEntries((group?.Metrics ?? []).map(({ Name }) => [Name, entry[Name]]));
}

describe('a look', () => {
  it('says that nothing is overdue when nothing is: no word would be an alarm', async () => {
    const world = await createWorld({ deaf: true });
    const { look } = createLook(world.ports, machineArn);
    const { output } = await captureOutput(() =>
      eventHandler((_: unknown, c) => look(c))(tick, lambdaContext()),
    );
    expect(metricsOf(output)).toEqual({ RevocationOverdueSeconds: 0, GrantsDue: 0, ReconcileFailed: 0 });
  });

  it('says how late the latest revocation is, and what it could not drive, by id and name alone', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    await grantAccess(world.ports, { grantId: grant.id });
    await world.clock.advance(100);
    world.target.fault('revoke', { kind: 'fails' });
    const { look } = createLook(world.ports, machineArn);
    const { output } = await captureOutput(() =>
      eventHandler((_: unknown, c) => look(c))(tick, lambdaContext()),
    );
    expect(metricsOf(output)).toEqual({ RevocationOverdueSeconds: 40, GrantsDue: 1, ReconcileFailed: 1 });
    expect(entriesOf(output)).toContainEqual(
      expect.objectContaining({
        message: 'could not be driven',
        grantId: grant.id,
        errorName: 'TargetUnavailable',
      }),
    );
    expect(output).not.toContain('revoke of');
  });

  it('reports in time, and is not over before every call that it began: it would be frozen with them', async () => {
    const world = await createWorld({ deaf: true, target: { callSeconds: 120 } });
    const grant = await world.ask('read', 60);
    await grantAccess(world.ports, { grantId: grant.id });
    await world.clock.advance(75);
    world.target.fault('revoke', { kind: 'hangs' });
    const { look } = createLook(world.ports, machineArn);
    const run = eventHandler((_: unknown, c) => look(c));
    let over = false;
    const early = await captureOutput(async () => {
      void run(tick, lambdaContext(300_000)).then(() => (over = true));
      await world.clock.advance(60);
    });
    expect(metricsOf(early.output)).toMatchObject({ GrantsDue: 1 });
    expect(over).toBe(false);
    const late = await captureOutput(() => world.clock.advance(61));
    expect(over).toBe(true);
    // Once is enough: a second report would count the same again.
    expect(entriesOf(late.output).filter((each) => '_aws' in each)).toEqual([]);
    expect((await world.grant(grant.id)).status).toBe('revoke_failed');
  });

  it('leaves what the executions are at to them for 5 s', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    await grantAccess(world.ports, { grantId: grant.id });
    const { look } = createLook(world.ports, machineArn);
    await world.clock.advance(64);
    await captureOutput(() => look(lambdaContext()));
    expect((await world.grant(grant.id)).status).toBe('active');
    await world.clock.advance(2);
    await captureOutput(() => look(lambdaContext()));
    expect((await world.grant(grant.id)).status).toBe('revoked');
  });
});

describe('an execution that ended', () => {
  it('of this machine is replaced, and of another one left alone', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    const { lookAt } = createLook(world.ports, machineArn);
    const other = occasionOf(ended(grant.id, 'ABORTED', `${machineArn}-other`));
    await captureOutput(() => lookAt(other, lambdaContext()));
    expect((await world.grant(grant.id)).executions).toBe(0);
    const { output } = await captureOutput(() => lookAt(occasionOf(ended(grant.id)), lambdaContext()));
    expect((await world.grant(grant.id)).executions).toBe(1);
    expect(entriesOf(output)).toContainEqual(
      expect.objectContaining({ execution: grant.id, what: 'replaced' }),
    );
    await becomes(world, grant, 'revoked', 65);
  });

  it('is of this machine as well where executions are started by an alias', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    const { lookAt } = createLook(world.ports, `${machineArn}:live`);
    const other = occasionOf(ended(grant.id, 'ABORTED', machineArn.slice(0, -1)));
    await captureOutput(() => lookAt(other, lambdaContext()));
    expect((await world.grant(grant.id)).executions).toBe(0);
    await captureOutput(() => lookAt(occasionOf(ended(grant.id)), lambdaContext()));
    expect((await world.grant(grant.id)).executions).toBe(1);
  });
});
