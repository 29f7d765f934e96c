/** `curfew check`: does an integration work, and is there anything at its target that would outlive a grant? For admins. */
import type { Command } from 'commander';
import type { FlowView } from '../../shared/api/flow-view.ts';
import type { CatalogItem } from '../../shared/api/me-routes.ts';
import { routes } from '../../shared/api/routes.ts';
import type { IntegrationCheck } from '../../shared/api/system-routes.ts';
import { CliError, isCliError } from '../cli-error.ts';
import { readList } from '../pages.ts';
import { askText } from '../prompt.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';
import { verb } from '../verb.ts';

export function check(shell: Shell): Command {
  return verb<[string | undefined], object>(shell, {
    usage: 'check [integration]',
    summary: 'check an integration: reachable, rights, what would outlive a grant (admins)',
    arguments: { integration: 'its id, such as orders-db' },
    examples: ['check orders-db', 'check orders-db --json'],
    run,
  });
}

async function run(session: Session, [typed]: [string | undefined]): Promise<void> {
  const id = typed ?? (await askWhich(session));
  const body = await ask(session, id);
  session.out.result(body, checks(session, body));
  if (!body.ok)
    throw new CliError('unexpected', `${body.integration} is not as it should be: see what is marked above.`);
}

async function ask(session: Session, id: string): Promise<IntegrationCheck> {
  try {
    return (await session.client().call(routes.checkIntegration, { params: { id } })).body;
  } catch (error) {
    if (!isCliError(error, 'notFound')) throw error;
    const named = await namedIntegrations(session);
    const hint = named.length > 0 ? `The access flows and your catalog name: ${named.join(', ')}` : undefined;
    throw new CliError('notFound', error.message, { hint, facts: error.facts, cause: error });
  }
}

/** There is no list of integrations: these are the ones that somebody can ask for. */
async function namedIntegrations(session: Session): Promise<string[]> {
  const client = session.client();
  const flows = await readList<FlowView>(client, routes.listFlows, {}, { most: 2000 });
  const catalog = await readList<CatalogItem>(client, routes.listCatalog, {}, { most: 2000 });
  const entitlements = [...flows.items.flatMap((flow) => flow.entitlements), ...catalog.items];
  const ids = entitlements.map(({ integration }) => integration).filter((id) => id !== undefined);
  return [...new Set(ids)].toSorted();
}

async function askWhich(session: Session): Promise<string> {
  const missing = 'the id of an integration';
  if (!session.interactive) return askText(session, { message: '' }, missing);
  const { items } = await readList<CatalogItem>(session.client(), routes.listCatalog, {}, { most: 200 });
  const initial = items[0]?.integration;
  return askText(
    session,
    { message: 'Which integration?', ...(initial !== undefined && { initial }) },
    missing,
  );
}

function checks({ out }: Session, { checks: rows }: IntegrationCheck): string {
  return table(
    out,
    rows,
    [
      { title: '', value: ({ ok }) => (ok ? '✓' : '✗'), style: ({ ok }) => (ok ? 'green' : 'red') },
      { title: 'CHECK', value: ({ name }) => name },
      { title: 'FOUND', value: ({ detail }) => detail },
    ],
    'There was nothing to check.',
  );
}
