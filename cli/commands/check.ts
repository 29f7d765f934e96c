/** `curfew check`: does an integration work, and is there anything at its target that would outlive a grant? For admins. */
import type { Command } from 'commander';
import type { CatalogItem } from '../../shared/api/me-routes.ts';
import { routes } from '../../shared/api/routes.ts';
import type { IntegrationCheck } from '../../shared/api/system-routes.ts';
import { CliError } from '../cli-error.ts';
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
  const { body } = await session.client().call(routes.checkIntegration, { params: { id } });
  session.out.result(body, checks(session, body));
  if (!body.ok)
    throw new CliError('unexpected', `${body.integration} is not as it should be: see what is marked above.`);
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
