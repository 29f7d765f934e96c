/** A run over many grants: waiting for its end, and what became of them. */
import type { RunView } from '../shared/api/flow-change-routes.ts';
import { routes } from '../shared/api/routes.ts';
import { CliError, isCliError } from './cli-error.ts';
import { follow } from './follow.ts';
import { readList } from './pages.ts';
import type { Session } from './session.ts';
import { shortId } from './short-id.ts';
import { pairs, table } from './table.ts';
import { fromNow } from './times.ts';

/** The run with all its outcomes; once it is done, unless nobody waits for that. */
export async function followRun(session: Session, id: string, wait: boolean): Promise<RunView> {
  const client = session.client();
  const read = async () => (await client.call(routes.getRun, { params: { id }, query: { limit: '1' } })).body;
  const first = await read();
  const run = wait ? await untilDone(session, first, read) : first;
  const route = { ...routes.getRun, path: routes.getRun.path.replace('{id}', id) };
  const { items } = await readList<RunView['items'][number]>(client, route, {}, { most: 100_000 });
  const { next: _, ...whole } = { ...run, items };
  return whole;
}

async function untilDone(session: Session, first: RunView, read: () => Promise<RunView>): Promise<RunView> {
  try {
    const done = ({ state }: RunView) => state === 'done';
    const say = ({ settled, total }: RunView) => `Changing open grants: ${settled} of ${total}`;
    return (await follow(session, first, { read, done, say })).value;
  } catch (error) {
    if (!isCliError(error, 'interrupted')) throw error;
    throw new CliError('interrupted', `You stopped waiting; Curfew goes on with ${first.id}.`, {
      hint: `See it: ${session.shell.name} show ${first.id}`,
      facts: { runId: first.id },
    });
  }
}

export function showRun(session: Session, run: RunView): void {
  const { out, shell } = session;
  const failed = run.items.filter(({ outcome }) => outcome === 'failed');
  out.result(
    run,
    [details(session, run), ...(failed.length > 0 ? ['', failures(session, failed)] : [])].join('\n'),
  );
  if (run.outcomes.revoke_asked > 0)
    out.note(
      `\nEnds are under way. What is not gone yet: ${shell.name} grants --status revoking,revoke_failed`,
    );
  if (run.left) out.note(`\n${run.left} open grants would still change: ${shell.name} flows plan`);
}

function details({ out, shell }: Session, run: RunView): string {
  const { outcomes } = run;
  const ended = run.finishedAt === undefined ? '' : ` ${fromNow(run.finishedAt, shell.now())}`;
  return pairs(out, [
    ['run', run.id],
    ['state', run.state === 'done' ? `done${ended}` : `running: ${run.settled} of ${run.total}`],
    ['by', `${run.by.name}: ${run.reason}`],
    ['shortened', String(outcomes.shortened)],
    ['end asked for', String(outcomes.revoke_asked)],
    ['had ended', String(outcomes.already_closed)],
    ['not due any more', String(outcomes.not_due)],
    ['failed', String(outcomes.failed)],
  ]);
}

function failures({ out }: Session, failed: RunView['items']): string {
  return table(
    out,
    failed,
    [
      { title: 'GRANT', value: ({ grantId }) => shortId(grantId) },
      { title: 'FAILED', value: ({ error = '' }) => error, flexible: true },
    ],
    '',
  );
}
