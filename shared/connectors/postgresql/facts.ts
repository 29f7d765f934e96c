/** What is known of the connector without loading it. */
import type { Facts } from '../lazy.ts';
import { offersOf, PostgresqlTarget } from './target.ts';

export const postgresqlFacts: Facts = {
  kind: 'postgresql',
  target: PostgresqlTarget,
  settleSeconds: 0,
  callSeconds: 10,
  catalog: (integration) => offersOf(PostgresqlTarget.parse(integration.target)),
  also: ['quiesce', 'rest'],
};
