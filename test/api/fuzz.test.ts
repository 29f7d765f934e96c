/** Whatever is sent, nothing fails inside, every answer keeps the contract, and what is refused has changed nothing. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import { byWriteFlow, of } from './organisation.ts';
import { type Body, createWorld, type World } from './world.ts';
import { aGrant } from '../support/builders.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const callers = ['ada', 'bo', 'mia', 'dora', 'sam', 'root', 'ava', 'gone', 'forged', 'stranger'];

const nasty = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '0s',
    '-5m',
    '1e9d',
    '365d',
    'null',
    '__proto__',
    'constructor',
    '../..',
    '%00',
    '%ff',
    '{{7*7}}',
    "' OR '1'='1",
    '\u0000',
    '\ud800',
    '\u202e',
    'ﬀ',
    '☃'.repeat(999),
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);
const anyId = fc.oneof(
  fc.constantFrom('g1', 'g2', 'g3', 'r1', 'r2', 'orders-read', 'orders-db'),
  nasty.map(encodeURIComponentSafe),
);
const anyPath = fc
  .tuple(
    fc.constantFrom(...Object.values(routes).map((route) => route.path), '/{id}', '/grants/{id}/{id}'),
    anyId,
  )
  .map(([path, id]) => path.replaceAll(/\{\w+\}/g, () => id));
const anyQuery = fc.oneof(
  fc.constant(''),
  fc
    .array(
      fc.tuple(
        fc.constantFrom(
          'limit',
          'cursor',
          'status',
          'grantee',
          'resource',
          'endsBefore',
          'q',
          'entitlement',
          'person',
          'waiting',
          'approver',
          '__proto__',
        ),
        nasty,
      ),
    )
    .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${encodeURIComponentSafe(value)}`).join('&')}`),
);

const goodEntitlement = { integration: 'orders-db', resource: 'orders', permission: 'read' };
const anyValue = fc.oneof(
  nasty,
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
  fc.constantFrom<unknown>([], {}, ['g1'], [goodEntitlement], '5m', 'good reason', 'ada'),
);
const anyObject = fc.dictionary(
  fc.constantFrom(
    'entitlements',
    'duration',
    'reason',
    'for',
    'dryRun',
    'grants',
    '__proto__',
    'toString',
    'x',
  ),
  anyValue,
);
const anyBody: fc.Arbitrary<Body | undefined> = fc.oneof(
  { weight: 5, arbitrary: anyObject.map((body) => JSON.stringify(body)) },
  { weight: 3, arbitrary: fc.json() },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '[',
      '[['.repeat(30_000),
      '"\\ud800"',
      '1e999',
      '\ufeff{}',
      '{"a":1,"a":2}',
      undefined,
    ),
  },
);
const anyHeaders = fc.record(
  {
    'content-type': fc.oneof(
      { weight: 6, arbitrary: fc.constant('application/json') },
      fc.constantFrom('text/html', 'application/json; charset=utf-16', '', 'application/json;'),
    ),
    'idempotency-key': fc.constantFrom('k1', 'k2', '', 'a b', 'x'.repeat(200)),
    'content-length': fc.constantFrom('-1', 'NaN', '5', '99999999'),
    accept: fc.constant('text/html'),
  },
  { requiredKeys: ['content-type'] },
);

/** A lone surrogate has no percent-encoding; it is sent as the bytes that some clients make of it. */
function encodeURIComponentSafe(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

async function aFullWorld(): Promise<World> {
  const world = await createWorld();
  await world.put(
    aGrant('active', { ...of('ada'), id: 'g1' }),
    aGrant('pending', { ...of('ada'), ...byWriteFlow(), id: 'g2', requestId: 'r2' }),
    aGrant('revoked', { ...of('bo'), id: 'g3', requestId: 'r3' }),
  );
  return world;
}

test('no input fails inside, and what is refused changes nothing', async () => {
  const world = await aFullWorld();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...callers),
      fc.constantFrom(...methods, 'POST', 'POST', 'GET'),
      anyPath,
      anyQuery,
      anyHeaders,
      anyBody,
      async (who, method, path, query, headers, body) => {
        const before = world.writes();
        const bodied = method !== 'GET' && method !== 'HEAD' && body !== undefined;
        const answer = await world.call(who, path + query, { method, headers, ...(bodied && { body }) });
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expect(world.writes()).toBe(before);
        if (answer.status >= 400 && method !== 'HEAD')
          expect(answer.body.type).toMatch(/^\/problems\/[a-z-]+$/);
      },
    ),
    { numRuns: 1500 },
  );
  expect(world.log).toEqual([]);
});

test('every cursor that a client could make up is refused or harmless', async () => {
  const world = await aFullWorld();
  const good = (await world.call('root', '/grants?limit=1')).body.next as string;
  const [print] = JSON.parse(Buffer.from(good, 'base64url').toString());
  const forge = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
  const position = fc.record(
    {
      source: fc.oneof(fc.nat(50), fc.integer(), fc.double()),
      after: nasty,
      skip: fc.oneof(fc.nat(5), fc.integer()),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.jsonValue(), fc.tuple(fc.constant(print), position), nasty),
      async (value) => {
        const answer = await world.call('root', `/grants?cursor=${forge(value)}`);
        expect([200, 400]).toContain(answer.status);
      },
    ),
    { numRuns: 300 },
  );
});
