/** What `npm start` prints: where things are, and what to try first. */
import type { Started } from './start.ts';

export function banner({ url, home, postgres }: Pick<Started, 'url' | 'home' | 'postgres'>): string {
  return `
Curfew is running.

  API         ${url}    (described at ${url}/openapi.json)
  PostgreSQL  ${postgres.host}:${postgres.port}    (the sample target, database "orders")
  State       ${home}

Try, in another terminal:

  npx --no curfew login --as ana
  npx --no curfew request orders-db/orders/read --for 2m --reason "having a look"
  npx --no curfew connect --query "select * from orders limit 3"

Ctrl-C stops it and keeps the state; npm run reset deletes it.
`;
}
