/** Everything a caller sends, against the contract: parameters, query, body, idempotency key. Faults are named by their path. */
import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { Route } from '../../shared/api/route.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import { readBody } from './read-body.ts';

type Parsed<S> = S extends z.ZodType ? z.output<S> : Record<string, never>;
type Part<R, K extends string> = R extends Record<K, infer S> ? Parsed<S> : Record<string, never>;

export interface Input<R extends Route = Route> {
  params: Part<R, 'params'>;
  query: Part<R, 'query'>;
  body: Part<R, 'body'>;
  idempotency?: { key: string; bodyHash: string };
}

/** Throws `NotFound` for a parameter that no id can be, and `Malformed`, `TooLarge`, `UnsupportedType`. */
export async function readInput<R extends Route>(
  route: R,
  request: Request,
  rawParams: Record<string, string>,
): Promise<Input<R>> {
  const params = readParams(route, rawParams);
  const query = readQuery(route, request);
  const rawBody = route.method === 'post' ? await readBody(request) : {};
  const body = route.body ? check(route.body, rawBody, '$') : nothing(rawBody);
  const key = route.idempotent && readKey(request);
  const bodyHash = key && hashOf([route.operationId, rawParams, rawBody]);
  return { params, query, body, ...(key && bodyHash && { idempotency: { key, bodyHash } }) } as Input<R>;
}

function readParams(route: Route, raw: Record<string, string>): unknown {
  const parsed = route.params?.safeParse(raw);
  if (parsed && !parsed.success) throw new CurfewError('NotFound', 'No id has this form.');
  return parsed?.data ?? {};
}

function readQuery(route: Route, request: Request): unknown {
  const { search } = new URL(request.url);
  if (!isUtf8(search)) throw fault('query', 'is not UTF-8, percent-encoded');
  const raw: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (Object.hasOwn(raw, name)) throw fault(`query.${name.slice(0, 100)}`, 'is given twice');
    Object.defineProperty(raw, name, { value, enumerable: true });
  }
  if (route.query) return check(route.query, raw, 'query');
  const [unknown] = Object.keys(raw);
  if (unknown !== undefined) throw fault(`query.${unknown.slice(0, 100)}`, 'is not known here');
  return {};
}

function isUtf8(search: string): boolean {
  try {
    return decodeURIComponent(search.replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')).isWellFormed();
  } catch {
    return false;
  }
}

/** A route without a body takes none, or an empty object: some clients cannot send nothing. */
function nothing(raw: unknown): Record<string, never> {
  const empty =
    typeof raw === 'object' && raw !== null && !Array.isArray(raw) && Object.keys(raw).length === 0;
  if (!empty) throw fault('$', 'must be empty: this address takes no body');
  return {};
}

function check(schema: z.ZodType, raw: unknown, root: string): unknown {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw malformed(parsed.error.issues.flatMap((issue) => faultsOf(root, issue)).slice(0, 20));
}

interface Fault {
  path: string;
  message: string;
}

/** A field that the contract does not know is named itself: a mistyped filter must not be no filter. */
function faultsOf(root: string, issue: z.core.$ZodIssue): Fault[] {
  const path = pathOf(root, issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: `${path}.${key.slice(0, 100)}`, message: 'is not known here' }));
}

function pathOf(root: string, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return root + steps.join('');
}

function readKey(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key');
  if (key === null) return undefined;
  if (!/^[\x21-\x7e]{1,128}$/.test(key))
    throw fault('header.Idempotency-Key', 'must be 1 to 128 visible ASCII characters');
  return key;
}

/** SHA-256 of the canonical JSON: the same content in another order or spacing is the same body. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted), 'utf8').digest('hex');
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function fault(path: string, message: string): CurfewError {
  return malformed([{ path, message }]);
}

function malformed(errors: Fault[]): CurfewError {
  const [first] = errors;
  return new CurfewError('Malformed', `Correct the request: ${first?.path} ${first?.message}.`, { errors });
}
