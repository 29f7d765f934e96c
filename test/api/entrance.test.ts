/** Who gets in, and what everybody may reach without a token. */
import { beforeAll, expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import { createWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

test('a call without a token is told to sign in, whatever else is wrong with it', async () => {
  for (const path of ['/me', '/grants?limit=0', '/grants/UPPER', '/nowhere']) {
    const answer = await world.call(undefined, path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="curfew"');
    expect(answer.body.code).toBe('Unauthenticated');
  }
  const posted = await world.call(undefined, '/requests', { method: 'POST', body: 'x'.repeat(100_000) });
  expect(posted.status).toBe(401);
});

test.each(['forged', 'broken'])('a %s token is refused', async (token) => {
  expect((await world.call(token, '/me')).status).toBe(401);
});

test('what is no bearer token is refused', async () => {
  for (const authorization of [
    'Basic cm9vdDpyb290',
    'Bearer',
    'Bearer a b',
    'ada',
    `Bearer ${'x'.repeat(9000)}`,
  ])
    expect((await world.call(undefined, '/me', { headers: { authorization } })).status).toBe(401);
});

test('keys that cannot be had are a 503 with a time to try again, not a bad token', async () => {
  const answer = await world.call('keyless', '/me');
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('somebody whom the directory does not know is told what to do', async () => {
  const answer = await world.call('stranger', '/me');
  expect(answer.status).toBe(403);
  expect(answer.body.detail).toMatch(/admin/);
});

test('somebody who left gets nothing', async () => {
  expect((await world.call('gone', '/me')).status).toBe(403);
});

test('a verified e-mail finds its person, without case; an unverified one does not', async () => {
  const verified = await world.call('email/ADA_at_example.com', '/me');
  expect(verified.body.person.id).toBe('ada');
  expect((await world.call('unverified/ada_at_example.com', '/me')).status).toBe(403);
});

test('health and the OpenAPI document need no token', async () => {
  expect((await world.call(undefined, '/health')).body).toEqual({
    status: 'ok',
    version: '1.2.3',
    problems: [],
  });
  expect((await world.call(undefined, '/openapi.json')).status).toBe(200);
});

test('health says what is wrong', async () => {
  const ill = await createWorld();
  ill.failing.push('The reconciler has not run for a minute.');
  const answer = await ill.call(undefined, '/health');
  expect(answer.status).toBe(503);
  expect(answer.body.problems).toEqual(['The reconciler has not run for a minute.']);
});

test('every other route needs a token', async () => {
  const closed = Object.values(routes).filter((route) => route.action !== 'open');
  expect(closed.length).toBeGreaterThan(15);
  for (const { method, path } of closed) {
    const answer = await world.call(undefined, path.replaceAll(/\{\w+\}/g, 'x1'), {
      method: method.toUpperCase(),
    });
    expect([path, answer.status]).toEqual([path, 401]);
  }
});

test('answers stay out of caches, frames and sniffers, and carry a correlation id', async () => {
  for (const path of ['/me', '/nowhere', '/health']) {
    const { headers } = await world.call('ada', path);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('correlation-id')).toMatch(/^[a-z0-9]+$/);
  }
});
