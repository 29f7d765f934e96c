/** What the AWS protocols look like on the wire: which call a request is, and an error in the form that its client understands. */
import type { IncomingHttpHeaders } from 'node:http';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';

/** One call as it was sent. */
export interface AwsCall {
  /** As the signature names it: `iam`, `sts`, `dynamodb`, `s3`. */
  service: string;
  /** `CreateRole`; of a REST service method and path, such as `GET /orders/1`. */
  action: string;
  /** Of the query protocol. */
  params: Record<string, string>;
  protocol: 'query' | 'json' | 'rest';
}

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** The call, or what is wrong with it: nobody signed it, or its service knows no such action. */
export function readCall(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): AwsCall | string {
  const scope = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request,/.exec(
    headers.authorization ?? '',
  );
  const service = scope?.[1];
  if (service === undefined) return `${method} ${path} is not signed`;
  const target = headers['x-amz-target'];
  if (typeof target === 'string')
    return { service, action: target.split('.').at(-1) ?? '', params: {}, protocol: 'json' };
  const params = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  const action = params['Action'];
  const speaksQuery = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (!speaksQuery || action === undefined)
    return { service, action: `${method} ${path}`, params: {}, protocol: 'rest' };
  const commands = known[service];
  if (commands && !(`${action}Command` in commands)) return `${service} knows no ${action}`;
  return { service, action, params, protocol: 'query' };
}

const known: Record<string, object> = { iam, sts };

/** An error as the service itself would say it. */
export function wireError(
  { protocol, service }: AwsCall,
  status: number,
  code: string,
  message: string,
): WireAnswer {
  if (protocol === 'json')
    return answer(status, 'application/x-amz-json-1.0', JSON.stringify({ __type: code, message }), code);
  const type = status < 500 ? 'Sender' : 'Receiver';
  const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  if (protocol === 'rest') return answer(status, 'application/xml', error.replace(/<Type>\w+<\/Type>/, ''));
  const version =
    service === 'sts' ? 'sts.amazonaws.com/doc/2011-06-15/' : 'iam.amazonaws.com/doc/2010-05-08/';
  return answer(
    status,
    'text/xml',
    `<ErrorResponse xmlns="https://${version}">${error}<RequestId>0d1e2f</RequestId></ErrorResponse>`,
  );
}

function answer(status: number, type: string, text: string, errorType?: string): WireAnswer {
  const headers = { 'content-type': type, ...(errorType && { 'x-amzn-errortype': errorType }) };
  return { status, headers, body: Buffer.from(text) };
}
