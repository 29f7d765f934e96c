/** The steps that end-to-end tests are told in: ask, approve, wait for a status, get a login. */
import type { Entitlement } from '../../shared/model/flow.ts';
import type { Api } from './call-api.ts';
import { until } from './until.ts';

export interface Asked {
  id: string;
  requestId: string;
  status: string;
  /** The grant as the answer shows it. */
  grant: Record<string, any>;
}

/** What is asked for, by the flow of that name or by whichever fits. */
export type Wanted = Entitlement & { flow?: string };

/** Throws unless the request was accepted. */
export async function ask(
  { call }: Api,
  who: string,
  wanted: Wanted,
  duration: string,
  reason = 'OPS-1: a test',
): Promise<Asked> {
  const { status, body } = await call(who, 'POST', '/requests', { entitlements: [wanted], duration, reason });
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
  const [grant] = body['grants'];
  return { id: grant.id, requestId: body['id'], status: grant.status, grant };
}

/** The answer's status: 200 where the decision counts. */
export async function decide(
  { call }: Api,
  who: string,
  decision: 'approve' | 'reject',
  { requestId }: Pick<Asked, 'requestId'>,
): Promise<number> {
  return (await call(who, 'POST', `/requests/${requestId}/${decision}`, { reason: 'because' })).status;
}

export async function grantOf({ call }: Api, id: string): Promise<Record<string, any>> {
  return (await call('adam', 'GET', `/grants/${id}`)).body;
}

export async function becomes(
  api: Api,
  id: string,
  status: string,
  withinSeconds = 20,
): Promise<Record<string, any>> {
  let grant: Record<string, any> = {};
  const is = async () => (grant = await grantOf(api, id))['status'] === status;
  await until(is, withinSeconds, api.pollMs).catch(() => {
    throw new Error(`not ${status} within ${withinSeconds} s: ${JSON.stringify(grant)}`);
  });
  return grant;
}

/** What a stock client needs to use a grant. Throws where Curfew gives none. */
export async function credentialsOf(
  { call }: Api,
  who: string,
  id: string,
): Promise<Record<string, string | number>> {
  const { status, body } = await call(who, 'POST', `/grants/${id}/credentials`);
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}
