/** Calls the API by its contract: what goes in and what comes out is typed by the route, and checked. */
import type * as z from 'zod';
import { type Route, pathTo } from '../shared/api/route.ts';
import { CliError } from './cli-error.ts';
import { problemError } from './problem-error.ts';
import { sendPatiently } from './send-patiently.ts';
import type { Shell } from './shell.ts';

type Given<R, K extends string> = R extends Record<K, infer S extends z.ZodType> ? z.input<S> : undefined;
type Loose<T> = T extends undefined ? undefined : { [K in keyof T]: T[K] | undefined };

export interface Input<R extends Route> {
  params?: Record<string, string>;
  query?: Loose<Given<R, 'query'>>;
  body?: Given<R, 'body'>;
  /** Of a POST that makes something: the same key again gives the first answer again. */
  idempotencyKey?: string;
}

export type Answer<R extends Route> = {
  [S in keyof R['answers']]: R['answers'][S] extends { schema: infer T extends z.ZodType }
    ? { status: S; body: z.output<T> }
    : never;
}[keyof R['answers']];

export interface Client {
  /** Throws a CliError for every answer that is not one of the route's own. */
  call<R extends Route>(route: R, input?: Input<R>): Promise<Answer<R>>;
}

export interface ClientOptions {
  shell: Shell;
  url: string;
  token: string;
  /** How to get another token, for the hint. */
  login: string;
  /** Told what is being waited for; with the empty text when it is over. */
  progress: (text: string) => void;
}

export function createClient(options: ClientOptions): Client {
  return {
    async call(route, input = {}) {
      const response = await sendPatiently(options, route, requestOf(options, route, input));
      const body: unknown = await response.json().catch(() => undefined);
      const answer = (route as Route).answers[response.status];
      if (!answer) throw problemError(response.status, body, options.login);
      const parsed = answer.schema.safeParse(body);
      if (!parsed.success) throw otherVersion(options.url, response.status, parsed.error);
      return { status: response.status, body: parsed.data } as Answer<typeof route>;
    },
  };
}

function requestOf<R extends Route>({ url, token }: ClientOptions, route: R, input: Input<R>): () => Request {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries<string | undefined>(input.query ?? {}))
    if (value !== undefined) search.set(name, value);
  const query = search.size > 0 ? `?${search.toString()}` : '';
  const headers = new Headers({
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'curfew-channel': 'cli',
  });
  if (input.body !== undefined) headers.set('content-type', 'application/json');
  if (input.idempotencyKey !== undefined) headers.set('idempotency-key', input.idempotencyKey);
  const body = input.body === undefined ? null : JSON.stringify(input.body);
  const method = route.method.toUpperCase();
  return () =>
    new Request(`${url}${pathTo(route, input.params)}${query}`, { method, headers, body, redirect: 'error' });
}

function otherVersion(url: string, status: number, { issues }: z.ZodError): CliError {
  const first = issues[0];
  const what = first ? `${first.path.join('.') || 'the answer'}: ${first.message}` : 'the answer';
  return new CliError(
    'unexpected',
    `${url} answered ${status}, but not in the words of this version (${what}).`,
    {
      hint: 'Are server and `curfew` of the same version? What was asked for may have been done.',
    },
  );
}
