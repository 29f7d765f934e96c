/** `curfew catalog`: what you may ask for. */
import type { Command } from 'commander';
import type { CatalogItem } from '../../shared/api/me-routes.ts';
import { routes } from '../../shared/api/routes.ts';
import { describeApproval } from '../describe-approval.ts';
import { readList } from '../pages.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { type Column, table } from '../table.ts';
import { verb } from '../verb.ts';

export function catalog(shell: Shell): Command {
  return verb<[string[]], object>(shell, {
    usage: 'catalog [words...]',
    summary: 'list what you may ask for, for how long, and who approves it',
    arguments: { words: 'only what has these words in its ids or names' },
    examples: ['catalog', 'catalog orders write', 'catalog --json'],
    run,
  });
}

async function run(session: Session, [words]: [string[]]): Promise<void> {
  const { out, shell } = session;
  const q = words.length > 0 ? words.join(' ') : undefined;
  const list = await readList<CatalogItem>(session.client(), routes.listCatalog, { q }, { most: 2000 });
  const nothing =
    q === undefined ? 'There is nothing that you may ask for.' : `You may ask for nothing with "${q}".`;
  out.result(list, table(out, list.items, columns, nothing));
  if (list.items[0])
    out.note(
      `\nAsk: ${shell.name} request ${pathOf(list.items[0])} --for ${list.items[0].defaultDuration} --reason "..."`,
    );
}

const columns: Column<CatalogItem>[] = [
  { title: 'ENTITLEMENT', value: pathOf },
  { title: 'WHAT', value: ({ names }) => names.permission, flexible: 'first' },
  { title: 'HOW', value: ({ mode }) => (mode === 'account' ? 'new login' : 'your login') },
  {
    title: 'TIME',
    value: ({ defaultDuration, maxDuration }) => `${defaultDuration} (max ${maxDuration})`,
  },
  { title: 'APPROVAL', value: ({ approval }) => describeApproval(approval), flexible: true },
  { title: 'FLOW', value: ({ flow, otherFlows }) => [flow.id, ...otherFlows].join(', ') },
];

function pathOf({ integration, resource, permission }: CatalogItem): string {
  return `${integration}/${resource}/${permission}`;
}
