/** `aws-iam` as a subject of the contract suite, over the emulator or behind a proxy. Its probes are stock clients with the grantee's own keys. */
import {
  AddUserToGroupCommand,
  GetGroupCommand,
  ListRolesCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAwsIam } from '../../shared/connectors/aws-iam/aws-iam.ts';
import { path, roleArn } from '../../shared/connectors/aws-iam/names.ts';
import type { Call, Intent } from '../../shared/connectors/contract.ts';
import type { Receipt } from '../../shared/model/grant.ts';
import type { Subject } from '../connectors/contract.ts';
import {
  type AwsAccount,
  type AwsUser,
  assume,
  installation,
  type Keys,
  prepareAwsAccount,
  settings,
} from './aws-account.ts';
import { removeRole } from './aws-remove-role.ts';
import { emulatorUrl } from './emulator.ts';
import { createJumpingClock } from './jumping-clock.ts';
import { type FaultProxy, type Rule, startFaultProxy } from './fault-proxy.ts';
import { asTheWorkflow } from './as-the-workflow.ts';

export interface AwsSubject extends Subject {
  account: AwsAccount;
  proxy: FaultProxy | undefined;
}

/** `rules`: behind a proxy that does this. Then what may be retried is retried, as the workflow would. */
export async function awsSubject(kind: 'role' | 'membership', rules?: Rule[]): Promise<AwsSubject> {
  const account = await prepareAwsAccount();
  const clock = createJumpingClock();
  const proxy = rules && (await startFaultProxy({ target: emulatorUrl(), now: clock.now }));
  const hub = { credentials: account.source, endpoint: proxy?.url ?? emulatorUrl() };
  const connector = createAwsIam({ clock, hub });
  const settle = async () => clock.jump(connector.settleSeconds);
  proxy?.rules(rules ?? []);
  const users = new Map([[account.ana.arn, account.ana]]);
  const callOf = (over?: Partial<Call>): Call => ({
    integration: account.integration,
    installation,
    signal: new AbortController().signal,
    deadlineMs: clock.now() + connector.callSeconds * 1000,
    ...over,
  });
  const keysOf = (receipt: Receipt) => keysFor(account, users, receipt);
  return {
    account,
    proxy,
    connector: rules ? asTheWorkflow(connector, settle) : connector,
    call: callOf,
    intent: intentsOf(account, kind),
    hostile: () => hostile(account, users, kind),
    // The target's clock is the real one.
    end: (seconds = 3600) => new Date(Date.now() + seconds * 1000),
    canUse: async (receipt) => works(async () => readObject(await keysOf(receipt), account.bucket)),
    ownSecrets: true,
    opens: (credentials) =>
      works(async () => {
        const keys = await assume(account.ana.keys, String(credentials['roleArn']));
        await readObject(keys, account.bucket);
      }),
    openSession: async (receipt) => {
      const keys = await keysOf(receipt);
      return { alive: () => works(() => readObject(keys, account.bucket)) };
    },
    ...(kind === 'membership' && { giveStanding: () => join(account) }),
    endsByItself: kind === 'role',
    ...(proxy && { settle, losesAnswers: true }),
    landed: () => sleep(300),
    reset: () => reset(account),
    async close() {
      await connector.close();
      await proxy?.close();
    },
  };
}

function intentsOf({ ana }: AwsAccount, kind: 'role' | 'membership') {
  let count = 0;
  return (over?: Partial<Intent>): Intent => ({
    grantId: `g${Date.now().toString(36)}${(count += 1)}`,
    resource: 'reports',
    permission: kind === 'role' ? 'read' : 'oncall',
    grantee: { id: 'ana', name: 'Ana' },
    login: ana.arn,
    ...over,
  });
}

/** A session of the role that was made for the grant; of a membership, the user's own keys. */
async function keysFor(account: AwsAccount, users: Map<string, AwsUser>, receipt: Receipt): Promise<Keys> {
  const { role, principal, user } = receipt.names;
  const who = [...users.values()].find((one) => one.arn === principal || one.name === user);
  if (!who) throw new Error(`nobody knows the keys for ${JSON.stringify(receipt.names)}`);
  return role === undefined ? who.keys : assume(who.keys, roleArn(account.account, role));
}

export async function readObject(keys: Keys, bucket: string, key = 'report.txt'): Promise<void> {
  await new S3Client({ ...settings(keys), maxAttempts: 1 }).send(
    new GetObjectCommand({ Bucket: bucket, Key: key }),
  );
}

/** Names that no grant and nobody's login can have, and one that is odd and fine. */
async function hostile(
  account: AwsAccount,
  users: Map<string, AwsUser>,
  kind: 'role' | 'membership',
): Promise<Intent[]> {
  const odd = await account.makeUser(`odd=+,.@-_${users.size}`);
  users.set(odd.arn, odd);
  const base = intentsOf(account, kind);
  const id = account.account;
  const logins = [odd.arn, '*', `arn:aws:iam::${id}:root`, `arn:aws:iam::${id}:user/*`, 'ana', `arn:aws:iam::${id}:user/no body`]; // biome-ignore format: one thought
  const grantIds = ['../../admin', '"},{"Effect":"Allow"', 'a b', '*', 'x'.repeat(80), 'ünï', ''];
  return [...logins.map((login) => base({ login })), ...grantIds.map((grantId) => base({ grantId }))].filter(
    ({ grantId }) => kind === 'role' || /^g\w+$/.test(grantId),
  );
}

async function join({ root, group, ana }: AwsAccount): Promise<void> {
  await root.send(new AddUserToGroupCommand({ GroupName: group, UserName: ana.name }));
}

async function works(work: () => Promise<unknown>): Promise<boolean> {
  return (await outcomeOf(work())) === 'done';
}

/** Denied is the only other way: anything else is a fault of the test's own, or of the emulator's. */
export async function outcomeOf(work: Promise<unknown>): Promise<'done' | 'denied'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    const { name } = error as Error;
    if (['AccessDenied', 'AccessDeniedException', 'InvalidAccessKeyId', 'InvalidClientTokenId'].includes(name)) return 'denied'; // biome-ignore format: one thought
    throw error;
  }
}

async function reset({ root, group }: AwsAccount): Promise<void> {
  const { Roles: roles = [] } = await root.send(new ListRolesCommand({ PathPrefix: path, MaxItems: 1000 }));
  for (const { RoleName, Path } of roles) if (Path === path) await removeRole(root, RoleName ?? '');
  const { Users: members = [] } = await root.send(new GetGroupCommand({ GroupName: group }));
  for (const { UserName } of members)
    await root.send(new RemoveUserFromGroupCommand({ GroupName: group, UserName }));
}
