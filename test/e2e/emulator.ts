/** The suite's target on the AWS emulator: the stack that emulator-setup.ts deployed once for all test files. */
import { inject } from 'vitest';
import { tokenFrom } from '../../emulator/issuer.ts';
import { type Api, createCall, fewAtOnce } from '../support/call-api.ts';
import { badTokens } from './bad-tokens.ts';
import { invoicesPlace } from './places/invoices.ts';
import { ordersPlace } from './places/orders-db.ts';
import type { Target } from './target.ts';

export async function openEmulator(): Promise<Target> {
  const deployed = inject('deployed');
  const token = (person: string, ttl?: string) => tokenFrom(deployed.issuer, person, ttl);
  const call = fewAtOnce(
    2,
    createCall(() => deployed.outputs.ApiUrl, token),
  );
  const api: Api = { token, call, pollMs: 1_000 };
  const database = {
    owner: async () => deployed.orders.owner,
    ownLogin: async (who: string) => ({
      ...deployed.orders.owner,
      user: who,
      password: deployed.orders.passwords[who] ?? '',
    }),
  };
  return {
    ...api,
    name: 'emulator',
    places: [
      ordersPlace(api, database),
      invoicesPlace(api, {
        region: deployed.region,
        endpoint: deployed.endpoint,
        admin: deployed.admin,
        people: deployed.people,
      }),
    ],
    shortSeconds: 20,
    many: 4,
    lateSeconds: 20,
    badTokens: async () => badTokens(await token('adam'), deployed.issuer.jwk),
    close: async () => {},
  };
}
