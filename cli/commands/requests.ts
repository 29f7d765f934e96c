/** `curfew requests`: what you asked for, or what waits for your decision. */
import type { Command } from 'commander';
import type { RequestView } from '../../shared/api/request-view.ts';
import { routes } from '../../shared/api/routes.ts';
import { describeEntitlement, waitsFor } from '../describe-grant.ts';
import { readList } from '../pages.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { shortId } from '../short-id.ts';
import { type Column, table } from '../table.ts';
import { fromNow } from '../times.ts';
import { verb } from '../verb.ts';
import { listOptions, type ListOptions, mostOf, noteMore } from '../list-options.ts';

interface Options extends ListOptions {
  waiting?: boolean;
}

export function requests(shell: Shell): Command {
  return verb<[], Options>(shell, {
    usage: 'requests',
    summary: 'list your requests, or those that wait for your decision',
    options: [['-w, --waiting', 'what waits for your decision, longest first'], ...listOptions],
    examples: ['requests', 'requests --waiting', 'requests --waiting --json'],
    run: (session, _args, options) => run(session, options),
  });
}

async function run(session: Session, options: Options): Promise<void> {
  const { out, shell } = session;
  const query = options.waiting ? { waiting: 'me' } : { requester: 'me' };
  const list = await readList<RequestView>(session.client(), routes.findRequests, query, mostOf(options));
  const now = shell.now();
  const nothing = options.waiting ? 'Nothing waits for your decision.' : 'You have asked for nothing yet.';
  out.result(list, table(out, list.items, options.waiting ? inbox(now) : mine(now), nothing));
  noteMore(session, list);
  if (options.waiting && list.items[0]) {
    const id = shortId(list.items[0].id);
    out.note(`\nDecide: ${shell.name} approve ${id}   ${shell.name} reject ${id} --reason "..."`);
  }
}

function mine(now: number): Column<RequestView>[] {
  return [
    { title: 'REQUEST', value: ({ id }) => shortId(id) },
    { title: 'ASKED', value: ({ createdAt }) => fromNow(createdAt, now) },
    { title: 'FOR', value: ({ grantee }) => grantee.id },
    { title: 'WHAT', value: what, flexible: true },
    { title: 'STATUS', value: ({ grants }) => statusesOf(grants), flexible: true },
    { title: 'REASON', value: ({ reason }) => reason, flexible: 'first' },
  ];
}

function inbox(now: number): Column<RequestView>[] {
  return [
    { title: 'REQUEST', value: ({ id }) => shortId(id) },
    { title: 'ASKED', value: ({ createdAt }) => fromNow(createdAt, now) },
    {
      title: 'BY',
      value: ({ requester, grantee }) =>
        requester.id === grantee.id ? requester.name : `${requester.name} for ${grantee.name}`,
    },
    { title: 'WHAT', value: what, flexible: true },
    { title: 'TIME', value: ({ grants }) => [...new Set(grants.map((grant) => grant.duration))].join(', ') },
    { title: 'DECIDE', value: ({ grants }) => (grants[0]?.decideBy ? fromNow(grants[0].decideBy, now) : '') },
    { title: 'REASON', value: ({ reason }) => reason, flexible: 'first' },
  ];
}

function what({ grants }: RequestView): string {
  return grants.map(describeEntitlement).join(', ');
}

/** `active`, `2 active, 1 pending`; with whom it waits for. */
function statusesOf(grants: RequestView['grants']): string {
  const counts = new Map<string, number>();
  for (const grant of grants) {
    const status =
      grant.status === 'pending' ? `waits for ${waitsFor(grant)}` : grant.status.replace('_', ' ');
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  if (grants.length === 1) return [...counts.keys()].join('');
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}
