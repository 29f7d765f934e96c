/** HTTP calls to a Curfew wherever it runs, as people who are signed in once. */

export interface Answer<T = Record<string, any>> {
  status: number;
  body: T;
  headers: Headers;
}

/** A person (by id), nobody, or whoever holds this token. */
export type Who = string | { token: string } | undefined;

export interface Api {
  call(
    who: Who,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** `ttl` is a duration; a good while when left out. */
  token(person: string, ttl?: string): Promise<string>;
  /** How often to look whether something has come about. */
  pollMs: number;
}

/** `url` is asked each time: a server that starts again may have another. A text body is sent as it is. */
export function createCall(url: () => string, token: (person: string) => Promise<string>): Api['call'] {
  const tokens = new Map<string, Promise<string>>();
  const bearerOf = (who: Who) => {
    if (who === undefined || typeof who === 'object') return who?.token;
    const known = tokens.get(who) ?? token(who);
    tokens.set(who, known);
    return known;
  };
  return async (who, method, path, body, headers = {}) => {
    const bearer = await bearerOf(who);
    const answer = await fetch(url() + path, {
      method,
      headers: {
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text.startsWith('{') ? JSON.parse(text) : { text },
    };
  };
}

/** The same call, of which only so many are under way at once: an emulator starts a process for each. */
export function fewAtOnce(most: number, call: Api['call']): Api['call'] {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (...request) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call(...request);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
