/** Somebody stops an execution from outside: its grant still goes its way, and ends within a minute of its time. */
import { DisableRuleCommand, EnableRuleCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Asked, becomes, decide } from '../../support/asking.ts';
import type { Place } from '../place.ts';
import { openTarget } from '../target.ts';
import { events, stopExecution } from './hub.ts';

const target = await openTarget();
const lifetime = `${target.shortSeconds + 10}s`;
/** Grants of each place whose executions were stopped while the world was told of it, and while nobody was. */
const stopped: Record<'told' | 'untold', Asked[]> = { told: [], untold: [] };
let pending: Asked;

beforeAll(async () => {
  const stop = async (how: keyof typeof stopped) => {
    stopped[how] = await Promise.all(
      target.places.map((place) => ask(target, 'ben', place.offers.automatic, lifetime)),
    );
    await Promise.all(stopped[how].map(({ id }) => becomes(target, id, 'active', 40)));
    await Promise.all(stopped[how].map(({ id }) => stopExecution(id)));
  };
  await stop('told');
  pending = await ask(target, 'ana', (target.places[0] as Place).offers.anyOf, '10m');
  await sleep(2_000);
  const rules = await statusRules();
  for (const Name of rules) await events.send(new DisableRuleCommand({ Name }));
  await stop('untold');
  await stopExecution(pending.id);
  await sleep(2_000);
  for (const Name of rules) await events.send(new EnableRuleCommand({ Name }));
});
afterAll(() => target.close());

describe.concurrent.each(target.places.map((place, i) => ({ place, i, name: place.name })))(
  'at $name',
  ({ place, i }) => {
    it.each(['told', 'untold'] as const)('an active grant ends in time, the stop %s', async (how) => {
      const { id } = stopped[how][i] as Asked;
      const ended = await becomes(target, id, 'revoked', 120);
      const lateMs = Date.parse(ended['closedAt']) - Date.parse(ended['expiresAt']);
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan((60 + place.settleSeconds) * 1000);
      expect(ended).toMatchObject({ outcome: 'revoked', wanted: { cause: 'expired' } });
    });
  },
);

it.concurrent('a decision that nobody waits for any more is acted on within a minute', async () => {
  expect(await decide(target, 'dora', 'approve', pending)).toBe(200);
  await becomes(target, pending.id, 'active', 60);
  await target.call('ana', 'POST', `/grants/${pending.id}/revoke`, { reason: 'seen' });
});

async function statusRules(): Promise<string[]> {
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const found = Rules.filter((rule) => rule.EventPattern?.includes('Step Functions Execution Status Change'));
  if (found.length === 0)
    throw new Error('no rule tells of executions that stop: this test has nothing to disable');
  return found.map((rule) => rule.Name ?? '');
}
