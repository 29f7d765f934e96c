/** Loads an organisation's configuration and says every fault in it, each on one line with its path. */
import { access } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Connector, Offer } from '../shared/connectors/contract.ts';
import { Config, Integration } from '../shared/model/config.ts';
import { Referring, referenceFaults } from '../shared/model/config-references.ts';
import { CurfewError } from '../shared/model/errors.ts';
import { check, type Fault, pathText } from './config-faults.ts';

/** What each connector says about how its integrations are configured. */
export type Targets = Partial<Record<Integration['kind'], Pick<Connector, 'target' | 'catalog'>>>;

/**
 * Reads the default export of a TypeScript file, with what `add` adds to it. Throws `Malformed`: `details.errors` are the
 * faults, and its message shows them all.
 */
export async function readConfig(
  path: string,
  connectors: Targets,
  add = (written: unknown) => written,
): Promise<Config> {
  const written = add(await load(path));
  const { data, faults } = check(Config, written);
  const targets = integrationsOf(written).map((entry, i) => checkTarget(entry, i, connectors));
  const found = [...faults, ...targets.flatMap((target) => target.faults)];
  const all = [...found, ...fittingFaults(written, targets).filter(isNewTo(found))];
  if (!data || all.length > 0) throw malformed(path, all);
  const integrations = data.integrations.map((one, i) => ({
    ...one,
    target: targets[i]?.data ?? one.target,
  }));
  return { ...data, integrations };
}

/** What does not fit together, in a faulty configuration too. */
function fittingFaults(written: unknown, targets: Target[]): Fault[] {
  const config = Referring.parse(written);
  const references = referenceFaults(config).map(({ path, message }) => ({ path: pathText(path), message }));
  return [...references, ...unmetEntitlements(config, targets)];
}

/** The schema of a whole configuration says of references the same; and a part that is faulty itself need not fit. */
function isNewTo(known: Fault[]): (fault: Fault) => boolean {
  return ({ path }) =>
    !known.some(
      (one) => one.path === path || one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[`),
    );
}

/** What a flow speaks of must be on offer, where it names the integration: else nobody could ever ask for it. */
function unmetEntitlements({ flows = [] }: Referring, targets: Target[]): Fault[] {
  return flows.flatMap(({ entitlements = [] }, i) =>
    entitlements.flatMap((match, j) => {
      const target = targets.find((one) => one.id !== undefined && one.id === match.integration);
      const met = target?.offers?.some(
        (offer) =>
          (match.resource ?? offer.resource) === offer.resource &&
          (match.permission ?? offer.permission) === offer.permission,
      );
      if (met !== false) return [];
      const what = [match.resource, match.permission].filter((part) => part !== undefined).join('/');
      return [
        {
          path: `flows[${i}].entitlements[${j}]`,
          message: `${target?.id} does not offer ${what || 'anything'}`,
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
    throw malformed(path, [], `cannot be loaded${placeOf(error)}: ${error instanceof Error ? error.message : String(error)}`); // biome-ignore format: one line
  }
}

/** Of a mistake in the code, the file and line where Node met it first: the file itself, or one that it imports. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /(?:file:\/\/)?(\/[^\s:()]+\.[cm]?[jt]s):(\d+)/.exec(stack);
  return place ? ` (${place[1]}, line ${place[2]})` : '';
}

function integrationsOf(written: unknown): unknown[] {
  const list = (written as { integrations?: unknown } | undefined)?.integrations;
  return Array.isArray(list) ? list : [];
}

interface Target {
  id?: string;
  data?: Record<string, unknown>;
  /** Left out where that cannot be said. */
  offers?: Offer[];
  faults: Fault[];
}

/** An entry whose own shape is wrong is reported by that already. */
function checkTarget(entry: unknown, i: number, connectors: Targets): Target {
  const integration = Integration.safeParse(entry).data;
  const connector = integration && connectors[integration.kind];
  if (!connector) return { faults: [] };
  const { data, faults } = check(connector.target, integration.target, ['integrations', i, 'target']);
  if (faults.length > 0) return { faults };
  const target = data as Record<string, unknown>;
  return { id: integration.id, data: target, offers: connector.catalog({ ...integration, target }), faults };
}

function malformed(path: string, faults: Fault[], message?: string): CurfewError {
  const count = `has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:`;
  const lines = faults.map((fault) => `  ${fault.path}: ${fault.message}`);
  return new CurfewError('Malformed', [`${path} ${message ?? count}`, ...lines].join('\n'), {
    errors: faults,
  });
}
