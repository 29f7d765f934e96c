/** What a route's handler gets and gives. Its answers are typed by the contract, so that no route can drift from it. */
import type * as z from 'zod';
import type { Route } from '../../shared/api/route.ts';
import type { Routes } from '../../shared/api/routes.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Request as AccessRequest } from '../../shared/model/request.ts';
import type { Ports } from '../../shared/ports.ts';
import type { AtTargets, Traced } from './at-targets.ts';
import type { Input } from './read-input.ts';

export interface Call<R extends Route = Route> extends Input<R>, Traced {
  by: Person;
  channel: AccessRequest['channel'];
}

/** One of the route's answers: its status with the body that the contract gives it. */
export type Reply<R extends Route> = {
  [S in keyof R['answers']]: R['answers'][S] extends { schema: infer T extends z.ZodType }
    ? { status: S; body: z.input<T> }
    : never;
}[keyof R['answers']];

/** What calls a target goes by `atTargets`, and never by the ports. */
export interface ApiPorts extends Ports {
  atTargets: AtTargets;
}

export type Handler<R extends Route> = (ports: ApiPorts, call: Call<R>) => Promise<Reply<R>>;

/** A handler for each route that takes a token. */
export type Handlers = { [K in Exclude<keyof Routes, 'showHealth'>]: Handler<Routes[K]> };
