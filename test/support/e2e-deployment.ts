/**
 * Curfew as the end-to-end suite has it on the emulator: an AWS account that it gives access to, a PostgreSQL, an issuer, and
 * the stack deployed with test/e2e/deployed.config.ts. All of it ends with the process that made it.
 */
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { JWK } from 'jose';
import example from '../../config/curfew.config.ts';
import { deployToEmulator, type Outputs } from '../../emulator/deploy.ts';
import { startIssuer } from '../../emulator/issuer.ts';
import { hubAccount, region, startEmulator } from '../../emulator/start.ts';
import { Person } from '../../shared/model/person.ts';
import { accountId, type AwsKey } from '../e2e/places/invoices.ts';
import { startOrders } from './e2e-orders-server.ts';
import { makeTargetAccount } from './e2e-target-account.ts';
import type { Login } from './postgres-client.ts';

/** Plain data: test files run in other processes. */
export interface Deployed {
  endpoint: string;
  region: string;
  stage: string;
  outputs: Outputs;
  /** The root of the account that holds Curfew, and of the target account. */
  hub: AwsKey;
  admin: AwsKey;
  account: string;
  /** Access keys of the engineers' own users there. */
  people: Record<string, AwsKey>;
  issuer: { url: string; secret: string; jwk: JWK };
  /** The orders database: its superuser's login, and the passwords of engineers' own ones. */
  orders: { owner: Login; passwords: Record<string, string> };
  /** What must show up nowhere. */
  secrets: string[];
}

export interface Deployment {
  deployed: Deployed;
  /** How long `cdk deploy` took, bootstrap included. */
  seconds: number;
  remove(): Promise<void>;
}

const config = new URL('../e2e/deployed.config.ts', import.meta.url).pathname;
const rootOf = (account: string): AwsKey => ({ accessKeyId: account, secretAccessKey: 'root' });

/** Throws EmulatorMissing where this machine cannot run the emulator. */
export async function deployForTests(onOutput?: (text: string) => void): Promise<Deployment> {
  const undo: (() => Promise<void>)[] = [];
  const remove = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const endpoint = await openEmulator(undo);
    const orders = await startOrders('e2e');
    undo.push(() => orders.remove());
    const issuer = await startIssuer({ people: example.people.map((person) => Person.parse(person)) });
    undo.push(() => issuer.stop());
    const account = accountId();
    const people = await makeTargetAccount({ endpoint, region, credentials: rootOf(account) });
    const deployment = { endpoint, issuer: { url: issuer.url, secret: issuer.secret, jwk: issuer.jwk } };
    const { outputs, seconds } = await deploy(deployment, {}, onOutput);
    await keepSecret(endpoint, `${outputs.SecretPrefix}orders-db`, orders.curfewUrl);
    const keys = Object.values(people).map((key) => key.secretAccessKey);
    const deployed: Deployed = {
      ...deployment,
      region,
      stage: 'emulator',
      outputs,
      hub: rootOf(hubAccount),
      admin: rootOf(account),
      account,
      people,
      orders: { owner: orders.owner, passwords: orders.passwords },
      secrets: [...Object.values(orders.passwords), orders.owner.password, issuer.secret, ...keys],
    };
    return { deployed, seconds, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** `changes` is what the configuration reads of the environment besides. */
export function deploy(
  { endpoint, issuer }: Pick<Deployed, 'endpoint' | 'issuer'>,
  changes: Record<string, string>,
  onOutput?: (text: string) => void,
): ReturnType<typeof deployToEmulator> {
  const environment = { CURFEW_CONFIG: config, E2E_ISSUER: issuer.url, ...changes };
  return deployToEmulator({ url: endpoint, environment, deployedBy: 'e2e', ...(onOutput && { onOutput }) });
}

/** The one that AWS_ENDPOINT_URL names, or one of its own. */
async function openEmulator(undo: (() => Promise<void>)[]): Promise<string> {
  const named = process.env['AWS_ENDPOINT_URL'];
  if (named) return named;
  const emulator = await startEmulator();
  undo.push(() => emulator.stop());
  return emulator.url;
}

async function keepSecret(endpoint: string, Name: string, SecretString: string): Promise<void> {
  const client = new SecretsManagerClient({ endpoint, region, credentials: rootOf(hubAccount) });
  await client.send(new CreateSecretCommand({ Name, SecretString }));
}
