/** The OpenAPI 3.1 document, made from the contract: zod's JSON Schema is the very dialect that 3.1 speaks. */
import * as z from 'zod';
import { Problem } from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';

type Json = Record<string, unknown>;

const descriptions: Record<number, string> = {
  400: 'Malformed: the body, a parameter or a header does not have the right form.',
  401: 'No bearer token, or not a valid one.',
  403: 'You may see it, but not do it; or the directory has no active person for the token.',
  404: 'Not there, or not yours to see.',
  405: 'Not a method of this address; `Allow` lists those that it has.',
  409: 'Not possible in the present state, or the idempotency key was used for another body.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body is not JSON in UTF-8.',
  422: 'Understood, and refused by policy; `rule` names the rule.',
  500: 'A fault of Curfew itself.',
  503: 'Curfew or the target does not answer just now; see `Retry-After`.',
};

/** `version` is Curfew's own. */
export function openApiDocument(routes: Route[], version: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, schemas) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Curfew',
      version,
      description: 'Just-in-time access that always ends.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas,
    },
  };
}

function operation(route: Route, schemas: Json): Json {
  const { operationId, summary, body } = route;
  return {
    operationId,
    summary,
    ...(route.action === 'open' ? { security: [] } : { 'x-curfew-action': route.action }),
    parameters: parameters(route, schemas),
    ...(body && {
      requestBody: { required: !body.safeParse({}).success, content: json(body, 'input', schemas) },
    }),
    responses: { ...answers(route, schemas), ...refusals(route, schemas) },
  };
}

function parameters(route: Route, schemas: Json): Json[] {
  const inPath = listed('path', route.params, schemas);
  const inQuery = listed('query', route.query, schemas);
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'The same key and content again gives the first answer again; other content with it is refused.',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' },
  };
  return [...inPath, ...inQuery, ...(route.idempotent ? [key] : [])];
}

function listed(place: 'path' | 'query', object: z.ZodObject | undefined, schemas: Json): Json[] {
  return Object.entries(object?.shape ?? {}).map(([name, schema]) => {
    const { description, ...plain } = toSchema(schema as z.ZodType, 'input', schemas);
    const required = place === 'path';
    return { name, in: place, required, ...(description !== undefined && { description }), schema: plain };
  });
}

function answers(route: Route, schemas: Json): Json {
  const entries = Object.entries(route.answers);
  return Object.fromEntries(
    entries.map(([status, { description, schema }]) => [
      status,
      { description, content: json(schema, 'output', schemas) },
    ]),
  );
}

/** Those of every route, those of bodies, and the route's own. */
function refusals(route: Route, schemas: Json): Json {
  const common = route.action === 'open' ? [405, 500] : [400, 401, 403, 405, 500, 503];
  const ofBodies = route.method === 'post' ? [413, 415] : [];
  const content = { 'application/problem+json': { schema: toSchema(Problem, 'output', schemas) } };
  const statuses = [...new Set([...common, ...ofBodies, ...route.refusals])].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [status, { description: descriptions[status], content }]),
  );
}

function json(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  return { 'application/json': { schema: toSchema(schema, io, schemas) } };
}

/** The schema in place; those with an id of their own go to the components and are referred to. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  // Inside another, so that a schema with an id becomes a reference too.
  const whole = z.toJSONSchema(z.object({ it: schema.optional() }), { io, unrepresentable: 'any' });
  const text = JSON.stringify({ it: whole.properties?.it, defs: whole.$defs ?? {} });
  const { it, defs } = JSON.parse(text.replaceAll('#/$defs/', '#/components/schemas/')) as {
    it: Json;
    defs: Record<string, Json>;
  };
  for (const [name, { id: _id, ...definition }] of Object.entries(defs)) schemas[name] = definition;
  return it;
}
