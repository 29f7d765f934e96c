/** The orders database as a place: a real PostgreSQL, tried with a stock client. */
import type { Api } from '../../support/call-api.ts';
import { credentialsOf } from '../../support/asking.ts';
import { connect, type Login, tryQuery } from '../../support/postgres-client.ts';
import type { Access, Place } from '../place.ts';

const count = 'SELECT count(*) FROM shop.orders';
/** No such password or login, not to this one, not this table; and a session that was ended. */
const refusals = ['28P01', '28000', '42501', '57P01'];

export interface OrdersDatabase {
  /** A superuser's login, to the database `orders`. */
  owner(): Promise<Login>;
  /** An engineer's own login. */
  ownLogin(who: string): Promise<Login>;
}

export function orders(permission: string, flow?: string) {
  return { integration: 'orders-db', resource: 'orders', permission, ...(flow && { flow }) };
}

export function ordersPlace(api: Api, database: OrdersDatabase): Place {
  return {
    name: 'orders-db',
    offers: {
      automatic: orders('read'),
      anyOf: orders('write', 'orders-write'),
      allOf: orders('admin'),
      soon: orders('write', 'orders-write-soon'),
      membership: orders('oncall'),
    },
    settleSeconds: 0,
    enter: async (who, grantId) => accessBy((await credentialsOf(api, who, grantId)) as unknown as Login),
    asThemselves: async (who) => accessBy(await database.ownLogin(who)),
    async makeMember(who) {
      const sql = await connect(await database.owner());
      await sql.query(`GRANT orders_oncall TO "${who}"`);
      return async () => {
        await sql.query(`REVOKE orders_oncall FROM "${who}"`);
        await sql.end();
      };
    },
  };
}

function accessBy(login: Login): Access {
  return {
    async use() {
      const answer = await tryQuery(login, count);
      if ('rows' in answer) return true;
      if (refusals.includes(answer.code ?? '')) return false;
      throw new Error(`PostgreSQL neither lets in nor refuses: ${answer.error}`);
    },
    async open() {
      const client = await connect(login);
      let ended = false;
      client.on(
        'error',
        (error: Error & { code?: string }) => (ended ||= refusals.includes(error.code ?? '')),
      );
      return async () => {
        try {
          await client.query(count);
          return true;
        } catch (error) {
          if (ended || refusals.includes((error as { code?: string }).code ?? '')) return false;
          throw error;
        }
      };
    },
  };
}
