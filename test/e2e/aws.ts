/**
 * The suite's target on AWS: a stack that is deployed already, with `CURFEW_CONFIG=test/e2e/deployed.config.ts` and the very
 * `E2E_ISSUER`, `E2E_ACCOUNT` and `E2E_BUCKET` that the suite is given here. What it needs besides, by environment:
 *
 * - `E2E_URL`: the address of the API.
 * - `E2E_TOKEN_COMMAND`: a program that prints an access token for a person, called with their id and a lifetime in seconds.
 * - `E2E_PEOPLE`: access keys of the engineers' users in the target account, as JSON: {"ana": {"accessKeyId", "secretAccessKey"}, ...}.
 * - `AWS_REGION`, and credentials of somebody who may change groups there, as AWS's own tools find them.
 * - `E2E_ORDERS_URL`, `E2E_ORDERS_PASSWORDS`: a superuser's URL of the orders database, and the engineers' passwords there as JSON.
 *   Left out: the suite tries the account alone.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseDuration } from '../../shared/model/time.ts';
import { type Api, createCall } from '../support/call-api.ts';
import { badTokens } from './bad-tokens.ts';
import type { Place } from './place.ts';
import { type AwsKey, invoicesPlace } from './places/invoices.ts';
import { ordersPlace } from './places/orders-db.ts';
import type { Target } from './target.ts';

const run = promisify(execFile);

export async function openAws(): Promise<Target> {
  const url = needed('E2E_URL').replace(/\/$/, '');
  const token = async (person: string, ttl = '1h') =>
    (await run(needed('E2E_TOKEN_COMMAND'), [person, String(parseDuration(ttl))])).stdout.trim();
  const api: Api = { token, call: createCall(() => url, token), pollMs: 1_000 };
  const people = JSON.parse(needed('E2E_PEOPLE')) as Record<string, AwsKey>;
  return {
    ...api,
    name: 'aws',
    places: [invoicesPlace(api, { region: needed('AWS_REGION'), people }), ...ordersIfThere(api)],
    shortSeconds: 30,
    many: 4,
    lateSeconds: 20,
    badTokens: async () => badTokens(await token('adam')),
    close: async () => {},
  };
}

function ordersIfThere(api: Api): Place[] {
  if (!process.env['E2E_ORDERS_URL']) return [];
  const { hostname, port, username, password } = new URL(process.env['E2E_ORDERS_URL']);
  const passwords = JSON.parse(needed('E2E_ORDERS_PASSWORDS')) as Record<string, string>;
  const owner = { host: hostname, port: Number(port || 5432), user: username, password, database: 'orders' };
  const ownLogin = async (who: string) => ({ ...owner, user: who, password: passwords[who] ?? '' });
  return [ordersPlace(api, { owner: async () => owner, ownLogin })];
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`E2E_TARGET=aws needs ${name}: test/e2e/aws.ts says what for`);
  return value;
}
