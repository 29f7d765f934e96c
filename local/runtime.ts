/** A whole Curfew in this process: table, directory, connectors, workflow and reconciler, wired to the ports. */
import { readFileSync } from 'node:fs';
import { createIds } from '../shared/aws/ids.ts';
import type { Connector } from '../shared/connectors/contract.ts';
import { openGrants } from '../shared/lifecycle/open-grants.ts';
import { stepOf } from '../shared/lifecycle/step.ts';
import type { Config, Integration } from '../shared/model/config.ts';
import type { Clock, Ports, Secrets, Table } from '../shared/ports.ts';
import { loadConfig } from '../shared/usecases/load-config.ts';
import { releaseLeases } from '../shared/usecases/release-leases.ts';
import { createPeopleDirectory } from '../shared/lifecycle/people-directory.ts';
import { createLanes } from './lanes.ts';
import type { Log } from './log.ts';
import { startReconciling } from './reconcile-loop.ts';
import { openSqliteTable } from './sqlite-table.ts';
import { stateFunctions } from './state-functions.ts';
import { createLocalWorkflow, type LocalWorkflow } from './workflow/local-workflow.ts';

export interface RuntimeOptions {
  config: Config;
  connectors: Partial<Record<Integration['kind'], Connector>>;
  tableFile: string;
  secrets: Secrets;
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
  stop(): Promise<void>;
}

const stopMs = 5_000;

/** Opens the table and puts the configuration into it. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { config, clock, log } = options;
  const table = openSqliteTable(options.tableFile);
  const { ports, workflow } = wire(options, table);
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
    async stop() {
      stopping.abort();
      // What hangs at a target is not waited for: it is due, and met again at the next start.
      await Promise.race([reconciling, clock.sleepUntil(clock.now() + stopMs)]);
      await workflow.stop();
      await Promise.all(Object.values(options.connectors).map((connector) => connector.close()));
      table.close();
    },
  };
}

function wire(options: RuntimeOptions, table: Table): { ports: Ports; workflow: LocalWorkflow } {
  const { config, clock, log, secrets, connectors } = options;
  const ports: Omit<Ports, 'workflow'> = {
    table,
    clock,
    secrets,
    connectors,
    directory: createPeopleDirectory(config.people, config.rights),
    ids: createIds(clock),
    lanes: createLanes(clock),
    installation: config.installation,
  };
  // The workflow calls functions that start and wake executions: each has the other.
  const whole = ports as Ports;
  const workflow = createLocalWorkflow({
    definition: readMachine(),
    functions: stateFunctions(whole),
    clock,
    onFailed: (name, grantId, error) => log('execution failed', { name, grantId, error: error.name }),
    onError: (name, state, error) => {
      if (!isOrdinary(error)) log('state failed', { name, state, error: describe(error) });
    },
  });
  whole.workflow = workflow;
  return { ports: whole, workflow };
}

function nameOf({ id, executions }: { id: string; executions: number }): string {
  return executions === 0 ? id : `${id}-r${executions}`;
}

function readMachine(): unknown {
  return JSON.parse(readFileSync(new URL('../statemachines/grant.asl.json', import.meta.url), 'utf8'));
}

/** A wait that ran out is how access ends, and `NotDue` how the table corrects the workflow. */
function isOrdinary(error: unknown): boolean {
  return (
    error instanceof Error && ['States.Timeout', 'NotDue', 'Settling', 'TargetLagging'].includes(error.name)
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
