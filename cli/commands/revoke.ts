/** `curfew revoke`: ends access now, and waits until it was read back from the target that it is gone. */
import type { Command } from 'commander';
import type { GrantView } from '../../shared/api/grant-view.ts';
import { routes } from '../../shared/api/routes.ts';
import { CliError, isCliError } from '../cli-error.ts';
import { describeEntitlement, describeState } from '../describe-grant.ts';
import { findGrant } from '../find-grant.ts';
import { type Followed, follow } from '../follow.ts';
import { parseDuration } from '../parse-duration.ts';
import { askYesNo } from '../prompt.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { shortId } from '../short-id.ts';
import { showEnd } from '../show-end.ts';
import { verb } from '../verb.ts';

interface Options {
  reason?: string;
  yes?: boolean;
  wait: boolean;
  timeout: string;
}

export function revoke(shell: Shell): Command {
  return verb<[string | undefined], Options>(shell, {
    usage: 'revoke [grant]',
    summary: 'end access now',
    about:
      'It waits until the target was read back: exit code 0 says that the access is gone, 8 that it is NOT GONE YET (Curfew keeps trying). ' +
      'Ending what has ended already is no error.',
    arguments: { grant: 'its id, or the beginning or ending of it (default: the only one you have)' },
    options: [
      ['-r, --reason <text>', 'why, for the record (default: "ended by hand")'],
      ['-y, --yes', 'do not ask whether to'],
      ['--no-wait', 'do not wait for the end'],
      ['--timeout <duration>', 'how long to wait for the end'],
    ],
    examples: ['revoke', 'revoke 7f3k2a9x --yes --reason "Done"', 'revoke 7f3k2a9x --yes --json'],
    run,
  });
}

async function run(session: Session, [typed]: [string | undefined], options: Options): Promise<void> {
  const timeoutSeconds = parseDuration(options.timeout ?? '60s', '--timeout');
  const grant = await findGrant(session, {
    typed,
    among: { grantee: 'me', status: 'open' },
    called: 'open grant of yours',
  });
  if (session.interactive && !options.yes && grant.open) await confirm(session, grant);
  const params = { id: grant.id };
  const reason = options.reason ?? 'ended by hand';
  const { body: first } = await session.client().call(routes.revokeGrant, { params, body: { reason } });
  if (!options.wait) return showEnd(session, first);
  const { value: last } = await untilClosed(session, first, timeoutSeconds);
  showEnd(session, last);
  if (last.open) throw notGone(session, last);
}

async function confirm(session: Session, grant: GrantView): Promise<void> {
  const whose = grant.grantee.name;
  const question = `End ${whose}'s access to ${describeEntitlement(grant)} now? It is ${describeState(grant, session.shell.now())}`;
  if (!(await askYesNo(session, question, true))) throw new CliError('interrupted', 'Nothing was ended.');
}

/** Until it is closed, the time is up, or Curfew itself says that it did not work for now. */
async function untilClosed(
  session: Session,
  first: GrantView,
  timeoutSeconds: number,
): Promise<Followed<GrantView>> {
  const client = session.client();
  try {
    return await follow(session, first, {
      read: async () => (await client.call(routes.getGrant, { params: { id: first.id } })).body,
      done: (grant) => !grant.open,
      say: (grant) =>
        `Taking ${describeEntitlement(grant)} away${grant.lastError ? ` (${grant.lastError.detail})` : ''}`,
      timeoutSeconds,
    });
  } catch (error) {
    if (!isCliError(error, 'interrupted')) throw error;
    throw new CliError('interrupted', `You stopped waiting; Curfew goes on ending ${first.id}.`, {
      hint: `See it: ${session.shell.name} show ${shortId(first.id)}`,
      facts: { grantId: first.id },
    });
  }
}

function notGone({ shell }: Session, grant: GrantView): CliError {
  const { lastError } = grant;
  const cut = lastError?.effective
    ? 'The access is cut, but something is left at the target'
    : 'THE ACCESS IS NOT GONE YET';
  return new CliError('notYet', `${cut}: ${lastError?.detail ?? describeState(grant, shell.now())}`, {
    hint: `Curfew keeps trying by itself. See it: ${shell.name} show ${shortId(grant.id)}`,
    facts: { grantId: grant.id, status: grant.status },
  });
}
