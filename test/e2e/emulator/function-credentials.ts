/**
 * The credentials with which a deployed function itself works: those of its role. The emulator derives them from the names of
 * function and role (its `execution_credentials`), and knows them from the function's first run on.
 */
import { createHash } from 'node:crypto';
import type { FunctionName } from '../../../infra/function-names.ts';
import type { AwsKey } from '../places/invoices.ts';
import { accountOfHub, deployed } from './hub.ts';

export function functionArn(name: FunctionName): string {
  return `arn:aws:lambda:${deployed.region}:${accountOfHub}:function:curfew-${deployed.stage}-${name}`;
}

export function credentialsOfFunction(name: FunctionName): Required<AwsKey> {
  const role = `arn:aws:iam::${accountOfHub}:role/curfew-${deployed.stage}-${name}`;
  const digest = sha256(`${functionArn(name)}:${role}`);
  return {
    accessKeyId: `ASIA${digest.slice(0, 16).toUpperCase()}`,
    secretAccessKey: sha256(`secret:${digest}`),
    sessionToken: sha256(`token:${digest}`),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
