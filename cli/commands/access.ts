/** `curfew access`: what you have just now, for how long still, and what to do about it. */
import type { Command } from 'commander';
import type { GrantView } from '../../shared/api/grant-view.ts';
import { routes } from '../../shared/api/routes.ts';
import {
  describeEntitlement,
  describeStateBriefly,
  isNearEnd,
  secondsLeft,
  isLoud,
  styleOfState,
} from '../describe-grant.ts';
import { readList } from '../pages.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { shortId } from '../short-id.ts';
import { type Column, table } from '../table.ts';
import { spell } from '../times.ts';
import { verb } from '../verb.ts';

export function access(shell: Shell): Command {
  return verb<[], object>(shell, {
    usage: 'access',
    summary: 'show the access you have, and how long it lasts',
    about:
      'Also what you asked for and what is still being taken away. It warns when an end is near: the last tenth of the time, at most 5 minutes.',
    examples: ['access', 'access --json'],
    run,
  });
}

async function run(session: Session): Promise<void> {
  const { out, shell } = session;
  const query = { grantee: 'me', status: 'open' };
  const list = await readList<GrantView>(session.client(), routes.findGrants, query, { most: 1000 });
  out.result(
    list,
    table(out, list.items, columns(shell.now()), 'You have no access just now, and none is on its way.'),
  );
  for (const grant of list.items.filter(isNearEnd)) out.note(warning(shell, grant));
  if (list.items.length === 0) out.note(`\nAsk for some: ${shell.name} request`);
}

function columns(now: number): Column<GrantView>[] {
  return [
    { title: 'GRANT', value: ({ id }) => shortId(id) },
    { title: 'ENTITLEMENT', value: describeEntitlement },
    {
      title: 'STATE',
      value: (grant) => describeStateBriefly(grant, now),
      style: styleOfState,
      flexible: true,
      whole: isLoud,
    },
    { title: 'REASON', value: ({ reason }) => reason, flexible: 'first' },
  ];
}

function warning({ name }: Shell, grant: GrantView): string {
  const left = spell(secondsLeft(grant) ?? 0);
  return `\nEnds soon: ${describeEntitlement(grant)} in ${left}.  Longer: ${name} extend ${shortId(grant.id)} -d 5m -r "..."`;
}
