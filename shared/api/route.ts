/** A route of the API as data: server, clients, tests and the OpenAPI document all read it here. */
import * as z from 'zod';
import type { Action } from '../rules/authorize.ts';

export interface Answer {
  description: string;
  schema: z.ZodType;
}

export interface Route {
  /** Its name everywhere: in the OpenAPI document, in logs, in the key of an idempotent answer. */
  operationId: string;
  method: 'get' | 'post';
  /** With parameters in braces: `/grants/{id}`. */
  path: string;
  summary: string;
  /** The row of the authorization table that decides; `open` for what needs no token. */
  action: Action | 'open';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** It makes something, and takes an `Idempotency-Key`. */
  idempotent?: true;
  /** What it answers when it works, by status. */
  answers: Record<number, Answer>;
  /** The refusals it has beyond those of every route. */
  refusals: readonly (404 | 409 | 422)[];
}

/** Names the path of a route with its parameters filled in: `/grants/{id}` -> `/grants/01k...`. */
export function pathTo(route: Pick<Route, 'path'>, params: Record<string, string> = {}): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

/** A page of a list. `next` is left out on the last one; a page may be short, or empty, and still have a `next`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().optional().meta({ description: 'Pass it as `cursor` for the page after this one.' }),
  });
}
