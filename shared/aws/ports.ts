/** The composition root of a function: the ports on AWS, made once when its code is loaded. */
import { createTableDirectory } from '../lifecycle/people-directory.ts';
import { RightGroups } from '../model/config.ts';
import { CurfewError } from '../model/errors.ts';
import type { Clock, Directory, Ports, Secrets, Table } from '../ports.ts';
import { createClock } from './clock.ts';
import { createDynamoTable } from './dynamo-table.ts';
import type { CoreEnv } from './env.ts';
import { createIds } from './ids.ts';
import { createLanes } from './lanes.ts';
import { createSfnWorkflow } from './sfn-workflow.ts';

/** Of the environment, what the ports need. What a function does not need, its environment does not have. */
export type PortsEnv = CoreEnv & { MACHINE_ARN?: string; RIGHTS?: string };

export interface PortsOptions {
  /** Left out: the function calls no target. */
  secrets?: Secrets;
  connectors?: (ports: { secrets: Secrets; clock: Clock }) => Ports['connectors'];
}

/** Connects to nothing yet. Throws where `RIGHTS` is no `RightGroups`. */
export function createPorts(env: PortsEnv, options: PortsOptions = {}): Ports {
  const clock = createClock();
  const secrets = options.secrets ?? noSecrets;
  const table = createDynamoTable({ tableName: env.TABLE_NAME });
  return {
    table,
    workflow: createSfnWorkflow({ machineArn: env.MACHINE_ARN }),
    directory: directoryOf(table, env.RIGHTS),
    secrets,
    clock,
    ids: createIds(clock),
    lanes: createLanes(),
    connectors: options.connectors?.({ secrets, clock }) ?? {},
    installation: env.INSTALLATION,
  };
}

/** Who may do what is asked where people ask: nobody else is told the groups. */
function directoryOf(table: Table, rights: string | undefined): Directory {
  if (rights !== undefined) return createTableDirectory({ table }, RightGroups.parse(JSON.parse(rights)));
  return { ...createTableDirectory({ table }, noGroups), rights: () => missing('RIGHTS') };
}

const noGroups: RightGroups = { admin: '', responder: '', auditor: '' };

const noSecrets: Secrets = { get: async () => missing('SECRET_PREFIX') };

function missing(name: string): never {
  throw new CurfewError('Internal', `This function is deployed without ${name}: it has no business with it.`);
}
