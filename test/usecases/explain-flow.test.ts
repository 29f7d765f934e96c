/** An explanation says why, for whoever asks about themselves; only admins ask about others. */
import { expect, test } from 'vitest';
import { type ExplainAsked, explainFlow } from '../../shared/usecases/explain-flow.ts';
import { personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';

const at = (permission: string) => ({ integration: 'orders-db', resource: 'orders', permission });

async function explain(who: string, flowId: string, more: Partial<ExplainAsked> = {}) {
  const { ports } = await createWorld();
  return explainFlow(ports, { by: personOf(who), flowId, ...more });
}

test('yes, by which rule, and without an approval', async () => {
  const said = await explain('ada', 'orders-read', { entitlement: at('read') });
  expect(said).toMatchObject({ allowed: true, chosen: true, approvers: [] });
  expect(said.lifetime).toEqual({ defaultSeconds: 900, maxSeconds: 3600, rule: 'flow:orders-read lifetime' });
});

test('no, because the flow is for others', async () => {
  const said = await explain('eve', 'orders-read', { entitlement: at('read') });
  expect(said.allowed).toBe(false);
  expect(said.because).toMatch('the group engineers');
});

test('no, because the flow does not cover it, or it is not on offer', async () => {
  expect((await explain('ada', 'orders-read', { entitlement: at('write') })).because).toMatch(
    'does not cover',
  );
  expect((await explain('ada', 'orders-read', { entitlement: at('nothing') })).because).toMatch('catalog');
});

test('no, because a login is missing', async () => {
  expect((await explain('bo', 'orders-oncall', { entitlement: at('oncall') })).because).toMatch('login');
});

test('who approves is said in words', async () => {
  const said = await explain('ada', 'orders-write', { entitlement: at('write') });
  expect(said).toMatchObject({
    allowed: true,
    approvers: ['the group data-owners', "the grantee's manager"],
  });
});

test('an approval that nobody could give is a no', async () => {
  const said = await explain('sam', 'orders-admin', { entitlement: at('admin') });
  expect(said.allowed).toBe(false);
  expect(said.steps.at(-1)).toMatchObject({ question: 'Can it be approved?', ok: false });
});

test('only admins ask about others', async () => {
  await expect(explain('ada', 'orders-read', { personId: 'bo' })).rejects.toMatchObject({
    code: 'Forbidden',
  });
  expect((await explain('root', 'orders-read', { personId: 'bo' })).allowed).toBe(true);
});

test('an unknown flow or person is not there', async () => {
  await expect(explain('ada', 'orders-burn')).rejects.toMatchObject({ code: 'NotFound' });
  await expect(explain('root', 'orders-read', { personId: 'nobody' })).rejects.toMatchObject({
    code: 'NotFound',
  });
});
