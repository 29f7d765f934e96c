/** `curfew flows apply`: does to open grants what the plan says, and waits until each has its outcome. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { FlowPlan } from '../../shared/api/flow-change-routes.ts';
import { routes } from '../../shared/api/routes.ts';
import { CliError, isCliError } from '../cli-error.ts';
import { describeFlowPlan } from '../describe-flow-plan.ts';
import { readFlowPlan } from '../flow-plan.ts';
import { noteMore } from '../list-options.ts';
import { askText, askYesNo, missingArgument } from '../prompt.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { followRun, showRun } from '../show-run.ts';
import { verb } from '../verb.ts';

interface Options {
  expect?: string;
  reason?: string;
  yes?: boolean;
  wait: boolean;
}

/** Grants come and go: a plan that was agreed to may be another one when it arrives. */
const mostTries = 5;
const shownGrants = 50;

export function applyFlows(shell: Shell): Command {
  return verb<[], Options>(shell, {
    usage: 'apply',
    summary: 'let changed flows shorten and end open grants, as the plan says (admins)',
    about:
      'Exactly the plan with that digest is applied; is it another one by now, nothing is done. Without --expect the plan is shown, and ' +
      'applied when you agree. Exit code 1 says that a grant could not be changed: it is in the next plan.',
    options: [
      ['--expect <digest>', 'the digest of the plan, as `flows plan` printed it'],
      ['-r, --reason <text>', 'why, for the record'],
      ['-y, --yes', 'whatever the plan is now, without asking'],
      ['--no-wait', 'do not wait until it is done'],
    ],
    examples: [
      'flows apply',
      'flows apply --expect 2-1-8d4f0c2a91b3e6f75a0c4d2e9b8f7a61 --reason "Shorter days"',
      'flows apply --yes --reason "Shorter days" --json',
    ],
    run: (session, _args, options) => run(session, options),
  });
}

async function run(session: Session, options: Options): Promise<void> {
  const { expect, yes } = options;
  if (expect !== undefined) checkDigest(session, expect);
  const missing = [
    ...(expect === undefined && !yes ? ['--expect, of `flows plan`, or --yes'] : []),
    ...(options.reason === undefined ? ['--reason'] : []),
  ];
  if (missing.length > 0 && !session.interactive) throw missingArgument(missing.join(' and '));
  const reason = options.reason ?? (await askWhy(session));
  const runId =
    expect === undefined
      ? await applyNow(session, reason, yes === true)
      : await begin(session, expect, reason);
  if (runId === undefined) return;
  const done = await followRun(session, runId, options.wait);
  showRun(session, done);
  const { failed } = done.outcomes;
  if (failed === 0) return;
  throw new CliError('unexpected', `${failed} of ${done.total} grants could not be changed.`, {
    hint: `They are in the next plan: ${session.shell.name} flows plan`,
    facts: { runId },
  });
}

/** Throws `usage`: what is no digest at all is not worth sending. */
function checkDigest({ shell }: Session, expect: string): void {
  if (routes.applyFlows.body.shape.expect.safeParse(expect).success) return;
  throw new CliError('usage', `--expect ${expect} is not the digest of a plan.`, {
    hint: `It must be the digest that this shows: ${shell.name} flows plan`,
  });
}

function askWhy(session: Session): Promise<string> {
  const check = (text: string) => text.trim() !== '' || 'Say why.';
  return askText(session, { message: 'Why?', check }, '--reason');
}

/** Undefined when there is nothing to do. What is agreed to is what is done: another plan is shown, and asked about, again. */
async function applyNow(session: Session, reason: string, yes: boolean): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    const plan = await readFlowPlan(session.client(), shownGrants);
    if (plan.counts.shorten + plan.counts.revoke === 0) {
      session.out.result(plan, 'No open grant would change: there is nothing to apply.');
      return undefined;
    }
    if (!yes) await agree(session, plan);
    try {
      return await begin(session, plan.digest, reason);
    } catch (error) {
      const another = isCliError(error, 'conflict') && error.facts['code'] === 'StateConflict';
      if (!another || tries >= mostTries) throw error;
      session.out.note('\nThe plan has changed just now; nothing was done.');
    }
  }
}

async function agree(session: Session, plan: FlowPlan): Promise<void> {
  const { out } = session;
  const { revoke, shorten } = plan.counts;
  out.note(describeFlowPlan(session, plan));
  noteMore(session, plan);
  if (!(await askYesNo(session, `End ${revoke} and shorten ${shorten} open grants now?`, false)))
    throw new CliError('interrupted', 'Nothing was changed.');
}

async function begin(session: Session, expect: string, reason: string): Promise<string> {
  const body = { expect, reason };
  const { body: begun } = await session
    .client()
    .call(routes.applyFlows, { body, idempotencyKey: randomUUID() });
  return begun.runId;
}
