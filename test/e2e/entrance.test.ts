/** Who gets in at the API, what they may see, and what the same request sent twice makes. */
import { afterAll, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../support/asking.ts';
import type { Place } from './place.ts';
import { openTarget } from './target.ts';

const target = await openTarget();
afterAll(() => target.close());
const place = target.places[0] as Place;

it.concurrent('a person is known by their token, with the rights that the directory gives', async () => {
  const { status, body } = await target.call('adam', 'GET', '/me');
  expect([status, body['person'].id, body['rights']]).toEqual([200, 'adam', ['admin']]);
});

it.concurrent('nobody gets in without a token, nor with a spoilt one', async () => {
  const tokens = Object.entries(await target.badTokens());
  const answers = tokens.map(async ([what, token]) => [
    what,
    (await target.call({ token }, 'GET', '/me')).status,
  ]);
  expect(await Promise.all(answers)).toEqual(tokens.map(([what]) => [what, 401]));
  expect((await target.call(undefined, 'GET', '/me')).status).toBe(401);
});

it.concurrent('a token is good until it runs out', async () => {
  const token = await target.token('ana', `${target.shortSeconds}s`);
  expect((await target.call({ token }, 'GET', '/me')).status).toBe(200);
  await sleep(target.shortSeconds * 1000 + 1_500);
  expect((await target.call({ token }, 'GET', '/me')).status).toBe(401);
});

it.concurrent('who has no part in a grant does not learn that it is there', async () => {
  const { id, requestId } = await ask(target, 'ana', place.offers.anyOf, '5m');
  const attempts: [string, string, string, unknown?][] = [
    ['ben', 'GET', `/grants/${id}`],
    ['ben', 'GET', `/grants/${id}/events`],
    ['ben', 'POST', `/grants/${id}/revoke`, { reason: 'mine' }],
    ['ben', 'POST', `/grants/${id}/credentials`],
    ['ben', 'GET', `/requests/${requestId}`],
    ['ben', 'POST', `/requests/${requestId}/approve`, {}],
    ['sam', 'POST', `/requests/${requestId}/approve`, {}],
  ];
  for (const [who, method, path, body] of attempts)
    expect([path, (await target.call(who, method, path, body)).status]).toEqual([path, 404]);
  expect((await target.call('otto', 'GET', `/grants/${id}`)).status).toBe(200);
  await target.call('ana', 'POST', `/requests/${requestId}/cancel`, {});
});

it.concurrent('the same key makes one request, however often it is sent, and no other body', async () => {
  const headers = { 'idempotency-key': `e2e-${Date.now()}` };
  const body = { entitlements: [place.offers.anyOf], duration: '5m', reason: 'OPS-1: once' };
  const send = (what: object) => target.call('cleo', 'POST', '/requests', what, headers);
  const answers = await Promise.all([send(body), send(body), send(body)]);
  expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
  expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(1);
  expect((await send({ ...body, duration: '6m' })).status).toBe(409);
  await target.call('cleo', 'POST', `/requests/${answers[0]?.body['id']}/cancel`, {});
});

it.concurrent('what policy does not allow is refused by the name of its rule', async () => {
  const body = { entitlements: [place.offers.automatic], duration: '30d', reason: 'OPS-1: a month' };
  const { status, body: problem } = await target.call('ana', 'POST', '/requests', body);
  expect([status, problem['code'], problem['rule']]).toEqual([
    422,
    'Refused',
    expect.stringMatching(/^flow:/),
  ]);
});
