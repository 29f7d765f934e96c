/** Every route has its row in the table of who may do what, and what that row demands is demanded by a use case. */
import { Visitor } from 'oxc-parser';
import type { Route } from '../../shared/api/route.ts';
import { type Action, actions } from '../../shared/rules/authorize.ts';
import type { Source } from './source.ts';

/** Needs no token: it tells nothing about anybody. */
const openToAll = ['showHealth'];

/** `demanded`: the actions that use cases ask the table about. */
export function routeFaults(routes: Record<string, Route>, demanded: ReadonlySet<string>): string[] {
  const named = Object.entries(routes);
  const used = new Set<string>([...demanded, ...named.map(([, { action }]) => action)]);
  const places = named.map(([, { method, path }]) => `${method} ${path}`);
  return [
    ...named.flatMap(([name, route]) => faultsOf(name, route, demanded)),
    ...places.filter((place, i) => places.indexOf(place) !== i).map((place) => `${place} stands twice`),
    ...Object.keys(actions)
      .filter((action) => !used.has(action))
      .map((action) => `${action} is in the table, and nothing asks about it`),
  ];
}

/** The actions named in these files. */
export function actionsNamed(sources: readonly Source[]): Set<string> {
  const found = new Set<string>();
  for (const { program } of sources)
    new Visitor({
      Literal: ({ value }) => {
        if (typeof value === 'string' && value in actions) found.add(value);
      },
    }).visit(program);
  return found;
}

function faultsOf(name: string, { operationId, action }: Route, demanded: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  if (operationId !== name) faults.push(`${name} calls itself ${operationId}`);
  if (action === 'open')
    return openToAll.includes(name) ? faults : [...faults, `${name} is open to everybody`];
  if (!(action in actions)) return [...faults, `${name} has no row in the table: ${action}`];
  const anyone = isForAnyone(action);
  return anyone || demanded.has(action)
    ? faults
    : [...faults, `${name} needs ${action}, and no use case demands it`];
}

/** A good token is enough. */
function isForAnyone(action: Action): boolean {
  return (actions[action].may as readonly string[]).includes('anyone');
}
