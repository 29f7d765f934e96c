/** AWS's signature (version 4) for services that this repository has no client of. */
import { createHash, createHmac } from 'node:crypto';

export interface Signed {
  url: URL;
  service: string;
  region: string;
  key: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** In lower case. All of them are signed. */
  headers: Record<string, string>;
  body: string;
}

/** The headers of a POST, with the signature. */
export function signAws({ url, service, region, key, headers, body }: Signed): Record<string, string> {
  const time = new Date().toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-date': time,
    ...(key.sessionToken && { 'x-amz-security-token': key.sessionToken }),
  };
  const names = Object.keys(all).toSorted();
  const canonical = [
    'POST',
    url.pathname,
    '',
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const signing = scope.reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${key.secretAccessKey}`,
  );
  const signature = hmac(signing, text).toString('hex');
  const credential = `Credential=${key.accessKeyId}/${scope.join('/')}`;
  const { host: _host, ...sent } = all;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
