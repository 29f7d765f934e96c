/** The steps that end-to-end tests are told in: ask, approve, wait for a status, get a login. */
import type { Login } from './postgres-client.ts';
import { type TestServer, until } from './server.ts';

export interface Asked {
  id: string;
  requestId: string;
  status: string;
}

/** Asks for orders-db/orders/<permission>. Throws unless it was accepted. */
export async function ask(
  { call }: TestServer,
  who: string,
  permission: string,
  duration: string,
  reason = 'OPS-1: a test',
): Promise<Asked> {
  const entitlements = [{ integration: 'orders-db', resource: 'orders', permission }];
  const { status, body } = await call(who, 'POST', '/requests', { entitlements, duration, reason });
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return { id: body['grants'][0].id, requestId: body['id'], status: body['grants'][0].status };
}

export async function grantOf({ call }: TestServer, id: string): Promise<Record<string, any>> {
  return (await call('adam', 'GET', `/grants/${id}`)).body;
}

export async function becomes(
  server: TestServer,
  id: string,
  status: string,
  withinSeconds = 20,
): Promise<Record<string, any>> {
  await until(async () => (await grantOf(server, id))['status'] === status, withinSeconds).catch(async () => {
    throw new Error(`not ${status} within ${withinSeconds} s: ${JSON.stringify(await grantOf(server, id))}`);
  });
  return grantOf(server, id);
}

export async function loginOf({ call }: TestServer, who: string, id: string): Promise<Login> {
  const { status, body } = await call(who, 'POST', `/grants/${id}/credentials`);
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body as Login;
}
