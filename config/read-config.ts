/** Loads an organisation's configuration and says every fault in it, each on one line with its path. */
import { access } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Connector } from '../shared/connectors/contract.ts';
import { Config, Integration } from '../shared/model/config.ts';
import { CurfewError } from '../shared/model/errors.ts';
import { check } from './config-faults.ts';
import type { Fault } from './config-faults.ts';

/** What each connector says about how its integrations are configured. */
export type Targets = Partial<Record<Integration['kind'], Pick<Connector, 'target' | 'catalog'>>>;

/**
 * Reads the default export of a TypeScript file. Throws `Malformed`: `details.errors` are the faults, and its message shows
 * them all. References between the parts are checked once the parts themselves are right.
 */
export async function readConfig(path: string, connectors: Targets): Promise<Config> {
  const written = await load(path);
  const { data, faults } = check(Config, written);
  const targets = integrationsOf(written).map((entry, i) => checkTarget(entry, i, connectors));
  const all = [...faults, ...targets.flatMap((target) => target.faults)];
  if (!data || all.length > 0) throw malformed(path, all);
  const integrations = data.integrations.map((one, i) => ({
    ...one,
    target: targets[i]?.data ?? one.target,
  }));
  const unmet = unmetEntitlements({ ...data, integrations }, connectors);
  if (unmet.length > 0) throw malformed(path, unmet);
  return { ...data, integrations };
}

/** What a flow speaks of must be on offer, where it names the integration: else nobody could ever ask for it. */
function unmetEntitlements({ flows, integrations }: Config, connectors: Targets): Fault[] {
  return flows.flatMap((flow, i) =>
    flow.entitlements.flatMap((match, j) => {
      const integration = integrations.find((one) => one.id === match.integration);
      const offers = integration && connectors[integration.kind]?.catalog(integration);
      const met = offers?.some(
        (offer) =>
          (match.resource ?? offer.resource) === offer.resource &&
          (match.permission ?? offer.permission) === offer.permission,
      );
      if (met !== false) return [];
      const what = [match.resource, match.permission].filter((part) => part !== undefined).join('/');
      return [
        {
          path: `flows[${i}].entitlements[${j}]`,
          message: `${integration?.id} does not offer ${what || 'anything'}`,
        },
      ];
    }),
  );
}

async function load(path: string): Promise<unknown> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) throw malformed(path, [], 'is not there: name another file with CURFEW_CONFIG');
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw malformed(path, [], `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function integrationsOf(written: unknown): unknown[] {
  const list = (written as { integrations?: unknown } | undefined)?.integrations;
  return Array.isArray(list) ? list : [];
}

/** An entry whose own shape is wrong is reported by that already. */
function checkTarget(
  entry: unknown,
  i: number,
  connectors: Targets,
): { data?: Record<string, unknown>; faults: Fault[] } {
  const integration = Integration.safeParse(entry).data;
  const connector = integration && connectors[integration.kind];
  if (!connector) return { faults: [] };
  const { data, faults } = check(connector.target, integration.target, ['integrations', i, 'target']);
  return { data: data as Record<string, unknown>, faults };
}

function malformed(path: string, faults: Fault[], message?: string): CurfewError {
  const count = `has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:`;
  const lines = faults.map((fault) => `  ${fault.path}: ${fault.message}`);
  return new CurfewError('Malformed', [`${path} ${message ?? count}`, ...lines].join('\n'), {
    errors: faults,
  });
}
