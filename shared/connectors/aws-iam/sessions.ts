/** Sessions of the connector roles: opened with the integration's own external id, used again until shortly before their end. */
import { IAMClient } from '@aws-sdk/client-iam';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../ports.ts';
import { connectorRoleArn, type Duty } from './names.ts';
import { refused } from './refused.ts';
import type { AwsIamTarget } from './target.ts';
import { awsCode } from './translate-error.ts';

/** Where AWS is, and as whom we begin. Left out: as the SDK finds it out (a function's own role, by its environment). */
export type Hub = Pick<STSClientConfig, 'credentials' | 'endpoint'>;

export interface Sessions {
  /** A client that speaks for a connector role. Throws `TargetRefused` where the role does not let us in. */
  client(target: AwsIamTarget, installation: string, duty: Duty): Promise<IAMClient>;
  /** Its session is of no more use: the next client gets another. */
  forget(target: AwsIamTarget, installation: string, duty: Duty): void;
  close(): void;
}

interface Session {
  client: IAMClient;
  endMs: number;
}

/** Renewed this long before their end. */
const earlyMs = 5 * 60_000;

/**
 * Few tries and short ones: what does not answer is tried again by the workflow, which has the time. A time-out must fail: by itself
 * it is only a warning, and a session that hangs (a connection from before a function was frozen) would hang for all who wait for it.
 */
const patience = {
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 2000,
    requestTimeout: 5000,
    socketTimeout: 5000,
    throwOnRequestTimeout: true,
  },
} as const;

export function createSessions(clock: Clock, hub: Hub): Sessions {
  const sessions = new Map<string, Promise<Session>>();
  const hubs = new Map<string, STSClient>();
  const stsIn = (region: string) => {
    const sts = hubs.get(region) ?? new STSClient({ ...hub, ...patience, region });
    hubs.set(region, sts);
    return sts;
  };
  const keyOf = (target: AwsIamTarget, installation: string, duty: Duty) =>
    JSON.stringify([target.account, target.region, target.externalId, installation, duty]);
  return {
    async client(target, installation, duty) {
      const key = keyOf(target, installation, duty);
      const found = sessions.get(key);
      const known = found && (await found.catch(() => undefined));
      if (known && known.endMs - earlyMs > clock.now()) return known.client;
      // Whoever waited with us for the old one may have begun to open the next.
      const next = sessions.get(key);
      if (next && next !== found) return (await next).client;
      const opening = openSession(stsIn(target.region), hub, target, installation, duty);
      sessions.set(key, opening);
      opening.catch(() => sessions.get(key) === opening && sessions.delete(key));
      return (await opening).client;
    },
    forget: (target, installation, duty) => void sessions.delete(keyOf(target, installation, duty)),
    close() {
      for (const sts of hubs.values()) sts.destroy();
      for (const session of sessions.values())
        void session.then(({ client }) => client.destroy()).catch(() => undefined);
      sessions.clear();
    },
  };
}

async function openSession(
  sts: STSClient,
  hub: Hub,
  { account, externalId, region }: AwsIamTarget,
  installation: string,
  duty: Duty,
): Promise<Session> {
  const arn = connectorRoleArn(account, installation, duty);
  const command = new AssumeRoleCommand({
    RoleArn: arn,
    RoleSessionName: `curfew-${installation}`,
    ExternalId: externalId,
    DurationSeconds: 3600,
  });
  const { Credentials } = await sts.send(command).catch((error: unknown) => {
    throw awsCode(error) === 'AccessDenied' ? notLetIn(arn, error) : error;
  });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
    throw refused(`STS gave no credentials for ${arn}.`);
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  const { endpoint } = hub;
  return {
    client: new IAMClient({ ...patience, ...(endpoint && { endpoint }), region, credentials }),
    endMs: Expiration.getTime(),
  };
}

/** AWS does not say which of these it is. */
function notLetIn(arn: string, cause: unknown): unknown {
  return refused(
    `${arn} does not let Curfew in: it is not there, does not trust this function, or has another external id than the integration. Deploy the target stack of this account (docs/connectors/aws-iam.md).`,
    cause,
  );
}
