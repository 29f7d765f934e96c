/** The suite's target on this machine: `npm start` as a child process, with the sample database. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { owner, ownLogin } from '../support/postgres-client.ts';
import { startServer } from '../support/server.ts';
import { badTokens } from './bad-tokens.ts';
import { ordersPlace } from './places/orders-db.ts';
import type { Target } from './target.ts';

export async function openLaptop(): Promise<Target> {
  const config = new URL('./laptop.config.ts', import.meta.url).pathname;
  const server = await startServer({ CURFEW_CONFIG: config });
  return {
    ...server,
    name: 'laptop',
    places: [
      ordersPlace(server, { owner: () => owner(server), ownLogin: (who: string) => ownLogin(server, who) }),
    ],
    shortSeconds: 6,
    many: 20,
    lateSeconds: 5,
    async badTokens() {
      const keys = JSON.parse(await readFile(join(server.home, 'issuer-keys.json'), 'utf8')) as JWK[];
      return badTokens(await server.token('adam'), keys[0]);
    },
    close: () => server.remove(),
  };
}
