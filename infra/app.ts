/** The CDK app: reads the stage (`-c stage=<name>`) and the configuration, and makes their stacks. Offline, and without an account. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { configFile } from '../config/config-file.ts';
import { readConfig } from '../config/read-config.ts';
import { createConnectors } from '../shared/connectors/registry.ts';
import { isCurfewError } from '../shared/model/errors.ts';
import type { Config } from '../shared/model/config.ts';
import { readStage, type Stage } from './config.ts';
import { whoDeploys } from './who-deploys.ts';
import { addStacks } from './stacks.ts';

const app = new App();
const bundles = mkdtempSync(join(tmpdir(), 'curfew-bundles-'));
try {
  const { stage, config } = await read();
  addStacks(app, { stage, config, deployedBy: whoDeploys(app.node.tryGetContext('deployedBy')), bundles });
  if (stage.deployBy === 'bootstrap-roles') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  // Faults are for people: each on its line with its path, and no stack trace.
  for (const fault of error instanceof AggregateError ? error.errors : [error]) {
    if (!isCurfewError(fault)) throw fault;
    process.stderr.write(`${fault.message}\n`);
  }
  process.exitCode = 1;
} finally {
  rmSync(bundles, { recursive: true, force: true });
}

/** Throws an AggregateError with what is wrong with either. */
async function read(): Promise<{ stage: Stage; config: Config }> {
  const [stage, config] = await Promise.allSettled([
    Promise.resolve().then(() => readStage(String(app.node.tryGetContext('stage') ?? 'production'))),
    readConfig(configFile(process.env), connectors()),
  ]);
  if (stage.status === 'fulfilled' && config.status === 'fulfilled')
    return { stage: stage.value, config: config.value };
  throw new AggregateError([stage, config].flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
}

/** They say how their integrations are configured; nothing is called. */
function connectors() {
  const none = () => Promise.reject(new Error('A synth reads no secrets and waits for nothing.'));
  return createConnectors({ secrets: { get: none }, clock: { now: Date.now, sleepUntil: none } });
}
