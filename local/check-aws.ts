/** What the AWS accounts of a configuration lack, asked at the start: so that a fresh account says it before the first request does. */
import type { Check } from '../shared/connectors/contract.ts';
import { callTarget } from '../shared/lifecycle/call-target.ts';
import type { Config, Integration } from '../shared/model/config.ts';
import { toInstant } from '../shared/model/time.ts';
import type { Ports } from '../shared/ports.ts';

export interface AwsState {
  integration: string;
  account: string;
  region: string;
  /** What is not as it should be, with what to do. Empty: ready. */
  missing: string[];
}

const checkSeconds = 10;

/** Never throws: what cannot be asked is missing. */
export async function checkAws(ports: Ports, { integrations }: Config): Promise<AwsState[]> {
  const aws = integrations.filter((one) => one.kind === 'aws-iam');
  return Promise.all(
    aws.map(async (integration) => ({
      integration: integration.id,
      account: String(integration.target['account']),
      region: String(integration.target['region']),
      missing: await missingAt(ports, integration),
    })),
  );
}

async function missingAt(ports: Ports, integration: Integration): Promise<string[]> {
  const connector = ports.connectors[integration.kind];
  if (!connector) return [`no connector serves ${integration.kind}`];
  const until = toInstant(ports.clock.now() + checkSeconds * 1000);
  const target = { connector, integration };
  const checks = await callTarget(ports, target, until, (call) => connector.check(call)).catch(
    (error: Error): Check[] => [{ name: 'The account answers', ok: false, detail: error.message }],
  );
  return checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
}
