/** `curfew grants`: every grant that you may see, narrowed as you like. */
import type { Command } from 'commander';
import type { GrantView } from '../../shared/api/grant-view.ts';
import { routes } from '../../shared/api/routes.ts';
import { parseDuration, toInstant } from '../../shared/model/time.ts';
import { describeEntitlement, describeStateBriefly, isLoud, styleOfState } from '../describe-grant.ts';
import { listOptions, type ListOptions, mostOf, noteMore } from '../list-options.ts';
import { readList } from '../pages.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { shortId } from '../short-id.ts';
import { type Column, table } from '../table.ts';
import { verb } from '../verb.ts';

interface Options extends ListOptions {
  status?: string;
  grantee?: string;
  integration?: string;
  resource?: string;
  environment?: string;
  flow?: string;
  approver?: string;
  endsBefore?: string;
}

export function grants(shell: Shell): Command {
  return verb<[], Options>(shell, {
    usage: 'grants',
    summary: 'list grants: yours, those you decided, all of them for admins and auditors',
    options: [
      ['-s, --status <list>', 'open, closed, or statuses separated by commas: active,revoke_failed'],
      ['--grantee <person>', 'of this person, or `me`'],
      ['--integration <id>', 'at this integration'],
      ['--resource <id>', 'on this resource'],
      ['--environment <id>', 'in this environment'],
      ['--flow <id>', 'by this access flow'],
      ['--approver <person>', 'decided by this person, or `me`'],
      ['--ends-before <time>', 'ending before this: 30m from now, or 2026-11-24T18:00:00Z'],
      ...listOptions,
    ],
    examples: [
      'grants --status open',
      'grants --integration orders-db --status active --ends-before 30m',
      'grants --status revoke_failed --json',
    ],
    run: (session, _args, options) => run(session, options),
  });
}

async function run(session: Session, options: Options): Promise<void> {
  const { out, shell } = session;
  const { status, grantee, integration, resource, environment, flow, approver, endsBefore } = options;
  const ends = endsBefore === undefined ? undefined : pointInTime(endsBefore, shell.now());
  const query = { status, grantee, integration, resource, environment, flow, approver, endsBefore: ends };
  const list = await readList<GrantView>(session.client(), routes.findGrants, query, mostOf(options));
  out.result(list, table(out, list.items, columns(shell.now()), 'No such grant that you may see.'));
  noteMore(session, list);
}

/** A duration counts from now; anything else is for the server to read. */
function pointInTime(text: string, nowMs: number): string {
  const seconds = parseDuration(text);
  return seconds === undefined ? text : toInstant(nowMs + seconds * 1000);
}

function columns(now: number): Column<GrantView>[] {
  return [
    { title: 'GRANT', value: ({ id }) => shortId(id) },
    { title: 'GRANTEE', value: ({ grantee }) => grantee.id },
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
