/** Connectors for a function that calls no target: it knows their catalogs and times, and its bundle holds no way to reach one. */
import type { Integration } from '../model/config.ts';
import { CurfewError } from '../model/errors.ts';
import type { Ports } from '../ports.ts';
import { awsIamFacts } from './aws-iam/facts.ts';
import { lazyConnector } from './lazy.ts';
import { postgresqlFacts } from './postgresql/facts.ts';

/** As the registry, by kind. Whatever would reach a target throws `Internal`. */
export function createConnectorFacts(): Ports['connectors'] {
  return {
    postgresql: lazyConnector(postgresqlFacts, refuse),
    'aws-iam': lazyConnector(awsIamFacts, refuse),
  } satisfies Record<Integration['kind'], unknown>;
}

async function refuse(): Promise<never> {
  throw new CurfewError('Internal', 'This function calls no target.', { mayLand: false });
}
