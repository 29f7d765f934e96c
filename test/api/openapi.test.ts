/** The OpenAPI document is whole: every reference resolves, every operation is named, guarded and says how it refuses. */
import { beforeAll, expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import { actions } from '../../shared/rules/authorize.ts';
import { createWorld } from './world.ts';

interface Operation {
  operationId: string;
  security?: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { description: string; content: Record<string, { schema: object }> }>;
  requestBody?: { content: Record<string, { schema: object }> };
}

let text: string;
let document: {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
};
let operations: [path: string, method: string, Operation][];

beforeAll(async () => {
  const world = await createWorld();
  ({ text } = await world.call(undefined, '/openapi.json'));
  document = JSON.parse(text);
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  );
});

test('it is OpenAPI 3.1, with a title and the version', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(document.info).toMatchObject({ title: 'Curfew', version: '1.2.3' });
});

test('every reference leads somewhere, and every schema is used', () => {
  const used = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]),
  );
  expect(used.size).toBeGreaterThan(10);
  expect([...used].map(String).toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  expect(text).not.toContain('#/$defs');
});

test('it holds every route under its name, once', () => {
  const names = operations.map(([, , operation]) => operation.operationId);
  expect(names.toSorted()).toEqual(Object.keys(routes).toSorted());
});

test('the parameters of a path are exactly those in its braces', () => {
  for (const [path, , { parameters }] of operations) {
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(({ required }) => required)).toBe(true);
  }
});

test('every operation says how it refuses, as problem+json', () => {
  for (const [path, method, { responses, security }] of operations) {
    const statuses = Object.keys(responses).map(Number);
    const expected = security ? [405, 500] : [400, 401, 403, 405, 500, 503];
    if (method === 'post') expected.push(413, 415);
    if (path.includes('{')) expected.push(404);
    expect([path, statuses]).toEqual([path, expect.arrayContaining(expected)]);
    for (const [status, { description, content }] of Object.entries(responses)) {
      expect(description).not.toBe('');
      const type = Number(status) < 400 || path === '/health' ? /json/ : /^application\/problem\+json$/;
      for (const name of Object.keys(content))
        expect([path, status, name]).toEqual([path, status, expect.stringMatching(type)]);
    }
  }
});

test('every route has an action of the authorisation table, and all but health need a token', () => {
  for (const route of Object.values(routes)) {
    if (route.action === 'open') expect(route.operationId).toBe('showHealth');
    else expect(Object.keys(actions)).toContain(route.action);
  }
  for (const [path, , { security }] of operations)
    expect([path, security]).toEqual([path, path === '/health' ? [] : undefined]);
});

test('bodies refuse fields that they do not know, and say so', () => {
  for (const name of ['SubmitRequest', 'Decide', 'CancelRequest', 'RevokeGrant', 'ExtendGrant'])
    expect(document.components.schemas[name]).toMatchObject({ type: 'object', additionalProperties: false });
});

test('routes that make something take an idempotency key', () => {
  const keyed = operations.filter(([, , { parameters }]) =>
    parameters.some(({ name }) => name === 'Idempotency-Key'),
  );
  expect(keyed.map(([, , { operationId }]) => operationId).toSorted()).toEqual([
    'applyFlows',
    'extendGrant',
    'submitRequest',
  ]);
});
