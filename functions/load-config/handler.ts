/** Loads the configuration into the table, as a resource of the deployment: who deployed it is in the events of what changed. */
import { join } from 'node:path';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { createClock } from '../../shared/aws/clock.ts';
import { createDynamoTable } from '../../shared/aws/dynamo-table.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { eventHandler } from '../../shared/lambda/event-handler.ts';
import { log } from '../../shared/lambda/log.ts';
import { isCurfewError } from '../../shared/model/errors.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { answer, type Outcome } from './custom-resource.ts';
import { readDeployed } from './deployed.ts';
import { Env } from './env.ts';

const ports = { table: createDynamoTable({ tableName: readEnv(Env).TABLE_NAME }), clock: createClock() };

export const handler = eventHandler(async (event: CloudFormationCustomResourceEvent): Promise<void> => {
  // What is in the table belongs to open grants: deleting the stack changes nothing there.
  await answer(event, event.RequestType === 'Delete' ? { ok: true } : await load(event.ResourceProperties));
});

async function load({ ConfigDigest, DeployedBy }: Record<string, unknown>): Promise<Outcome> {
  try {
    const config = await readDeployed(join(import.meta.dirname, 'config.json'), String(ConfigDigest));
    const changed = await loadConfig(ports, config, { kind: 'system', id: `deploy:${String(DeployedBy)}` });
    log('info', 'configuration loaded', { changed: changed.length });
    return { ok: true };
  } catch (error) {
    log('error', 'configuration not loaded', { code: isCurfewError(error) ? error.code : 'Internal' });
    const reason = isCurfewError(error) ? error.message : "An unexpected error: see the function's log.";
    return { ok: false, reason };
  }
}
