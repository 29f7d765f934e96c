/** `curfew show`: one grant with all that is known of it, and its events in order. */
import type { Command } from 'commander';
import type { EventView } from '../../shared/api/event-view.ts';
import type { GrantView } from '../../shared/api/grant-view.ts';
import { routes } from '../../shared/api/routes.ts';
import { evidenceOf } from '../describe-evidence.ts';
import { describeApproval } from '../describe-approval.ts';
import { describeEntitlement, describeState, when } from '../describe-grant.ts';
import { findGrant } from '../find-grant.ts';
import { readList } from '../pages.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { showRequest } from '../show-request.ts';
import { followRun, showRun } from '../show-run.ts';
import { type Column, pairs, table } from '../table.ts';
import { localTime } from '../times.ts';
import { verb } from '../verb.ts';

export function show(shell: Shell): Command {
  return verb<[string | undefined], object>(shell, {
    usage: 'show [grant]',
    summary: 'show one grant with its evidence and its events',
    arguments: {
      grant: 'its id, or the beginning or ending of it; a whole id of a request or of a run shows that',
    },
    examples: ['show 7f3k2a9x', 'show 7f3k2a9x --json'],
    run,
  });
}

async function run(session: Session, [typed]: [string | undefined]): Promise<void> {
  const { out, shell } = session;
  if (typed?.startsWith('rq_')) {
    const { body } = await session.client().call(routes.getRequest, { params: { id: typed } });
    return showRequest(session, body);
  }
  if (typed?.startsWith('rn_')) return showRun(session, await followRun(session, typed, false));
  const grant = await findGrant(session, { typed, among: { grantee: 'me' }, called: 'grant of yours' });
  const client = session.client();
  const route = { ...routes.listEvents, path: routes.listEvents.path.replace('{id}', grant.id) };
  const { items: events } = await readList<EventView>(client, route, {}, { most: 2000 });
  const now = shell.now();
  const text = [details(session, grant), '', table(out, events, columns(now), 'No events.')].join('\n');
  out.result({ grant, events }, text);
}

function details({ out, shell }: Session, grant: GrantView): string {
  const now = shell.now();
  const { requester, grantee, decisions, names, flow } = grant;
  const said = decisions.map(
    ({ by, decision, reason }) =>
      `${decision === 'approve' ? 'approved' : 'rejected'} by ${by.name}${reason ? ` ("${reason}")` : ''}`,
  );
  return pairs(out, [
    ['grant', grant.id],
    ['request', grant.requestId],
    ['state', describeState(grant, now)],
    ['grantee', `${grantee.name} (${grantee.id})`],
    ['requester', requester.id === grantee.id ? undefined : `${requester.name} (${requester.id})`],
    ['what', `${describeEntitlement(grant)}: ${names.permission} (${names.integration}, ${names.resource})`],
    ['environment', grant.environment],
    ['reason', grant.reason],
    ['flow', `${flow.id}, version ${flow.version}: approval ${describeApproval(grant.approval)}`],
    ['decisions', said.join('; ') || undefined],
    ['time', `${grant.duration}, at most ${grant.maxDuration}, by ${grant.lifetimeRule}`],
    ['asked', when(grant.createdAt, now)],
    ['active since', when(grant.activatedAt, now)],
    ['ends', when(grant.closedAt ? undefined : grant.expiresAt, now)],
    ['closed', when(grant.closedAt, now)],
    [
      'ended by',
      grant.wanted &&
        `${grant.wanted.by.name ?? grant.wanted.by.id} (${grant.wanted.cause}): ${grant.wanted.reason}`,
    ],
    ['outcome', grant.outcome?.replace('_', ' ')],
    ['evidence', grant.evidence && evidenceOf(grant.evidence, now)],
    [
      'last error',
      grant.open ? grant.lastError && `${grant.lastError.code}: ${grant.lastError.detail}` : undefined,
    ],
  ]);
}

function columns(now: number): Column<EventView>[] {
  return [
    { title: '#', value: ({ seq }) => String(seq) },
    { title: 'AT', value: ({ at }) => localTime(at, now) },
    { title: 'EVENT', value: ({ type }) => type },
    {
      title: 'STATUS',
      value: ({ before, after }) => (before === null || before === after ? after : `${before} → ${after}`),
    },
    { title: 'BY', value: ({ actor }) => actor.name ?? actor.id },
    {
      title: 'WHY',
      value: ({ cause, reason }) => [cause, reason].filter(Boolean).join(': '),
      flexible: true,
    },
    { title: 'HASH', value: ({ hash }) => hash.slice(0, 12) },
  ];
}
