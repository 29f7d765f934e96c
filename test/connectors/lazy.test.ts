/** A connector that is loaded at its first call: its facts cost nothing, and every function reaches the real one. */
import { describe, expect, it } from 'vitest';
import { awsIamFacts } from '../../shared/connectors/aws-iam/facts.ts';
import type { Call, Connector } from '../../shared/connectors/contract.ts';
import { lazyConnector } from '../../shared/connectors/lazy.ts';
import { createConnectorFacts } from '../../shared/connectors/facts.ts';
import { postgresqlFacts } from '../../shared/connectors/postgresql/facts.ts';
import { createConnectors } from '../../shared/connectors/registry.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const call = {} as Call;
const receipt = { artefact: 'a', names: {}, shared: false, stood: false };
const end = new Date(0);

/** Answers every function with its name and what it was given. */
function echo(): { loads: () => number; load: () => Promise<Connector> } {
  let loads = 0;
  const answer = (_: object, name: string) =>
    name === 'then' ? undefined : async (...given: unknown[]) => ({ name, given });
  const connector = new Proxy({}, { get: answer }) as Connector;
  return { loads: () => loads, load: async () => (loads++, connector) };
}

describe('a lazy connector', () => {
  it('tells its facts, and closes, without being loaded', async () => {
    const { load, loads } = echo();
    const lazy = lazyConnector(postgresqlFacts, load);
    expect(lazy).toMatchObject({ kind: 'postgresql', settleSeconds: 0, callSeconds: 10 });
    await lazy.rest?.();
    await lazy.close();
    expect(loads()).toBe(0);
  });

  it('hands every call on, and is loaded once for all of them', async () => {
    const { load, loads } = echo();
    const lazy = lazyConnector({ ...awsIamFacts, also: ['quiesce', 'lockdown', 'unlock', 'rest'] }, load);
    const calls: [string, unknown[]][] = [
      ['prepare', [call, { grantId: 'g' }]],
      ['grant', [call, receipt, end]],
      ['extend', [call, receipt, end]],
      ['revoke', [call, receipt]],
      ['inspect', [call, receipt]],
      ['credentials', [call, receipt, end]],
      ['check', [call]],
      ['quiesce', [call]],
      ['lockdown', [call]],
      ['unlock', [call]],
      ['rest', []],
      ['close', []],
    ];
    for (const [name, given] of calls) {
      const run = lazy[name as 'check'] as unknown as (...args: unknown[]) => Promise<unknown>;
      const answer = await run(...given);
      if (name !== 'close') expect(answer).toEqual({ name, given });
    }
    expect(loads()).toBe(1);
  });

  it('has the optional functions that its facts name, and no others', () => {
    const { postgresql, 'aws-iam': awsIam } = createConnectors({
      secrets: { get: async () => '' },
      clock: createVirtualClock(),
    });
    const has = (one: Connector | undefined) => [!!one?.quiesce, !!one?.rest, !!one?.lockdown, !!one?.unlock];
    expect(has(postgresql)).toEqual([true, true, false, false]);
    expect(has(awsIam)).toEqual([false, false, true, true]);
  });
});

describe('what a function knows of connectors that calls no target', () => {
  const facts = createConnectorFacts();
  const known = createConnectors({ secrets: { get: async () => '' }, clock: createVirtualClock() });

  it('is each of them, with its catalog and its times', () => {
    expect(Object.keys(facts).toSorted()).toEqual(Object.keys(known).toSorted());
    for (const kind of Object.keys(known) as (keyof typeof known)[])
      for (const fact of ['kind', 'target', 'settleSeconds', 'callSeconds', 'catalog'] as const)
        expect(facts[kind]?.[fact]).toBe(known[kind]?.[fact]);
  });

  it('does nothing at one', async () => {
    for (const connector of Object.values(facts)) {
      await expect(connector.extend(call, receipt, end)).rejects.toMatchObject({ code: 'Internal' });
      await expect(connector.check(call)).rejects.toMatchObject({ code: 'Internal' });
    }
  });
});
