/** A whole Curfew in this process: table, directory, connectors, workflow and reconciler, wired to the ports. */
import { readFileSync } from 'node:fs';
import type { Connector } from '../shared/connectors/contract.ts';
import { createPostgresql } from '../shared/connectors/postgresql/postgresql.ts';
import { openGrants } from '../shared/lifecycle/open-grants.ts';
import { stepOf } from '../shared/lifecycle/step.ts';
import type { Config, Integration } from '../shared/model/config.ts';
import type { Clock, Ports, Secrets } from '../shared/ports.ts';
import { loadConfig } from '../shared/usecases/load-config.ts';
import { releaseLeases } from '../shared/usecases/release-leases.ts';
import { createConfigDirectory } from './config-directory.ts';
import { createIds } from './ids.ts';
import type { Log } from './log.ts';
import { startReconciling } from './reconcile-loop.ts';
import { openSqliteTable } from './sqlite-table.ts';
import { stateFunctions } from './state-functions.ts';
import { createLocalWorkflow } from './workflow/local-workflow.ts';

export interface RuntimeOptions {
  config: Config;
  connectors: Partial<Record<Integration['kind'], Connector>>;
  tableFile: string;
  clock: Clock;
  log: Log;
}

export interface Runtime {
  ports: Ports;
  /**
   * Goes on where the last process stopped: releases what it held, and starts an execution for every open grant, what
   * is due first. Until then nothing runs by itself.
   */
  resume(): Promise<void>;
  /** What is wrong, in words without names; empty when all is well. */
  health(): Promise<string[]>;
  stop(): Promise<void>;
}

/** The connectors that this process has. They read secrets when they need them, so order of start does not matter. */
export function createConnectors(secrets: Secrets, clock: Clock): RuntimeOptions['connectors'] {
  return { postgresql: createPostgresql({ secrets, clock }) };
}

/** Opens the table and puts the configuration into it. */
export async function createRuntime(
  { config, connectors, tableFile, clock, log }: RuntimeOptions,
  secrets: Secrets,
): Promise<Runtime> {
  const table = openSqliteTable(tableFile);
  const ports: Ports = {
    table,
    clock,
    secrets,
    connectors,
    directory: createConfigDirectory(config),
    ids: createIds(clock),
    installation: config.installation,
    workflow: { start: async () => {}, wake: async () => false },
  };
  const workflow = createLocalWorkflow({
    definition: readMachine(),
    functions: stateFunctions(ports),
    clock,
    onFailed: (name, grantId, error) => log('execution failed', { name, grantId, error: error.name }),
    onError: (name, state, error) => log('state failed', { name, state, error: describe(error) }),
  });
  ports.workflow = workflow;
  await loadConfig(ports, config, { kind: 'system', id: 'npm start' });
  const stopping = new AbortController();
  let reconciling = Promise.resolve();
  return {
    ports,
    async resume() {
      const quiet = await releaseLeases(ports);
      if (quiet.length < config.integrations.length) log('leases are left to run out', { released: quiet });
      for await (const grant of openGrants(ports))
        await workflow.start(nameOf(grant), stepOf(grant, clock.now()));
      reconciling = startReconciling(ports, log, stopping.signal);
    },
    health: async () => [],
    async stop() {
      stopping.abort();
      await reconciling;
      await workflow.stop();
      await Promise.all(Object.values(connectors).map((connector) => connector.close()));
      table.close();
    },
  };
}

function nameOf({ id, executions }: { id: string; executions: number }): string {
  return executions === 0 ? id : `${id}-r${executions}`;
}

function readMachine(): unknown {
  return JSON.parse(readFileSync(new URL('../statemachines/grant.asl.json', import.meta.url), 'utf8'));
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
