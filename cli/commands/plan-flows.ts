/** `curfew flows plan`: what the changed flows would do to open grants. Nothing is done by it. */
import type { Command } from 'commander';
import { routes } from '../../shared/api/routes.ts';
import { readFlowPlan } from '../flow-plan.ts';
import { describeFlowPlan } from '../describe-flow-plan.ts';
import { listOptions, type ListOptions, mostOf, noteMore } from '../list-options.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { verb } from '../verb.ts';

export function planFlows(shell: Shell): Command {
  return verb<[], ListOptions>(shell, {
    usage: 'plan',
    summary: 'show what changed flows would do to open grants (admins, auditors)',
    about:
      'A flow says what a change of it does to grants that are open: keep, shorten or revoke. Loading a configuration does none of it; ' +
      '`flows apply` does. What would end comes first, then what would be shortened, then what is kept.',
    options: listOptions.filter(([flags]) => !flags.startsWith('--cursor')),
    examples: ['flows plan', 'flows plan --all', 'flows plan --json'],
    run: (session, _args, options) => run(session, options),
  });
}

async function run(session: Session, options: ListOptions): Promise<void> {
  const { out, shell } = session;
  const plan = await readFlowPlan(session.client(), mostOf(options).most);
  out.result(plan, describeFlowPlan(session, plan));
  noteMore(session, plan);
  if (out.json || plan.counts.shorten + plan.counts.revoke === 0) return;
  const { rights } = (await session.client().call(routes.showMe)).body;
  // Auditors see the plan, and may not apply it.
  if (rights.includes('admin'))
    out.note(`\nDo it: ${shell.name} flows apply --expect ${plan.digest} --reason "..."`);
}
