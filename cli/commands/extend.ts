/** `curfew extend`: moves the end of an active grant, as far as its flow allows without asking. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { routes } from '../../shared/api/routes.ts';
import { parseDuration as durationOf } from '../../shared/model/time.ts';
import { describeEntitlement, describeState } from '../describe-grant.ts';
import { findGrant } from '../find-grant.ts';
import { parseDuration } from '../parse-duration.ts';
import { askText, missingArgument } from '../prompt.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { verb } from '../verb.ts';

interface Options {
  duration?: string;
  by?: string;
  reason?: string;
  idempotencyKey?: string;
}

export function extend(shell: Shell): Command {
  return verb<[string | undefined], Options>(shell, {
    usage: 'extend [grant]',
    summary: 'move the end of an access you have',
    about:
      'The time is added to what is left. In all, it stays within the longest time of the flow; beyond that, make a new request.',
    arguments: { grant: 'its id, or the beginning or ending of it (default: the only active one)' },
    options: [
      ['-d, --duration <duration>', 'how much to add: 90s, 15m'],
      ['--by <duration>', 'the same as --duration'],
      ['-r, --reason <text>', 'why'],
      ['--idempotency-key <key>', 'the same key again never extends twice (default: a new one)'],
    ],
    examples: ['extend', 'extend 7f3k2a9x --by 15m --reason "Still restoring"'],
    run,
  });
}

async function run(session: Session, [typed]: [string | undefined], options: Options): Promise<void> {
  const { out, shell } = session;
  const given = options.duration ?? options.by;
  if (given !== undefined) parseDuration(given, options.duration === undefined ? '--by' : '--duration');
  const missing = [
    ...(given === undefined ? ['--duration'] : []),
    ...(options.reason === undefined ? ['--reason'] : []),
  ];
  if (missing.length > 0 && !session.interactive) throw missingArgument(missing.join(' and '));
  const grant = await findGrant(session, {
    typed,
    among: { grantee: 'me', status: 'active' },
    called: 'active grant of yours',
  });
  const check = (text: string) => durationOf(text) !== undefined || 'Write it like 90s, 15m or 1h.';
  const question = `How much longer? (now ${grant.duration} in all, at most ${grant.maxDuration})`;
  const duration =
    given ?? (await askText(session, { message: question, initial: '5m', check }, '--duration'));
  const reason =
    options.reason ??
    (await askText(
      session,
      { message: 'Why?', check: (text) => text.trim() !== '' || 'Say why.' },
      '--reason',
    ));
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  const params = { id: grant.id };
  const { body } = await session
    .client()
    .call(routes.extendGrant, { params, body: { duration, reason }, idempotencyKey });
  out.result(body, `${describeEntitlement(body)} is ${describeState(body, shell.now())}.`);
}
