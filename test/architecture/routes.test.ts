/** Who may call a route is in the one table, for every route; and each part of that can fail. */
import { describe, expect, test } from 'vitest';
import type { Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import { actions } from '../../shared/rules/authorize.ts';
import { actionsNamed, routeFaults } from './routes.ts';
import { allSources, parseSource } from './source.ts';

test('every route has its row, and every row its use', () => {
  const usecases = allSources().filter(({ path }) => path.startsWith('shared/usecases/'));
  expect(routeFaults(routes, actionsNamed(usecases))).toEqual([]);
});

describe('refused is', () => {
  const everything = new Set(Object.keys(actions));
  const getGrant: Route = {
    operationId: 'getGrant',
    method: 'get',
    path: '/grants/{id}',
    summary: '',
    action: 'grant.read',
    answers: {},
    refusals: [],
  };

  test('nothing, where all is right', () => {
    expect(routeFaults({ getGrant }, everything)).toEqual([]);
  });

  test.each<[string, Partial<Route>, string]>([
    ['a route that is open', { action: 'open' }, 'getGrant is open to everybody'],
    [
      'a route without a row',
      { action: 'grant.eat' as Route['action'] },
      'getGrant has no row in the table: grant.eat',
    ],
    ['a route by another name', { operationId: 'readGrant' }, 'getGrant calls itself readGrant'],
  ])('%s', (_, change, fault) => {
    expect(routeFaults({ getGrant: { ...getGrant, ...change } }, everything)).toEqual([fault]);
  });

  test('a route whose action no use case demands', () => {
    const others = new Set([...everything].filter((action) => action !== 'grant.read'));
    const faults = routeFaults({ getGrant }, others);
    expect(faults).toEqual(['getGrant needs grant.read, and no use case demands it']);
  });

  test('two routes of one address', () => {
    const faults = routeFaults({ getGrant, again: { ...getGrant, operationId: 'again' } }, everything);
    expect(faults).toEqual(['get /grants/{id} stands twice']);
  });

  test('a row that nothing asks about', () => {
    const others = new Set([...everything].filter((action) => action !== 'grant.extend'));
    expect(routeFaults({}, others)).toEqual(['grant.extend is in the table, and nothing asks about it']);
  });
});

test('an action is demanded where code names it, and not where a comment does', () => {
  const text = `demand(ports, by, 'grant.read'); // 'grant.extend'`;
  expect([...actionsNamed([parseSource('a.ts', text)])]).toEqual(['grant.read']);
});
