/** Calls of AWS services that this repository has no client of. */
import { signAws } from '../../support/sign-aws.ts';
import type { AwsKey } from '../places/invoices.ts';
import { deployed } from './hub.ts';

export interface RawAnswer {
  status: number;
  text: string;
}

/** The JSON protocol: `target` is the operation. */
export function callJson(
  service: string,
  target: string,
  body: object,
  key: AwsKey = deployed.hub,
): Promise<RawAnswer> {
  const type = service === 'logs' ? 'application/x-amz-json-1.1' : 'application/x-amz-json-1.0';
  return send({ 'x-amz-target': target, 'content-type': type }, service, body, key);
}

async function send(
  headers: Record<string, string>,
  service: string,
  body: object,
  key: AwsKey,
): Promise<RawAnswer> {
  const url = new URL('/', deployed.endpoint);
  const text = JSON.stringify(body);
  const signed = signAws({ url, service, region: deployed.region, key, headers, body: text });
  const answer = await fetch(url, { method: 'POST', headers: signed, body: text });
  return { status: answer.status, text: await answer.text() };
}
