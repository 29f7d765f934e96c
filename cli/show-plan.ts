/** What a request would lead to: the answer to `curfew request --dry-run`. */
import type { Plan } from '../shared/api/request-routes.ts';
import { describeApproval } from './describe-approval.ts';
import { describeEntitlement } from './describe-grant.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';

export function showPlan({ out }: Session, plan: Plan): void {
  const rows = table(
    out,
    plan.plan,
    [
      { title: 'ENTITLEMENT', value: (row) => describeEntitlement(row) },
      { title: 'FLOW', value: ({ flow }) => flow.id },
      { title: 'APPROVAL', value: ({ approval }) => describeApproval(approval), flexible: true },
      { title: 'TIME', value: ({ duration, maxDuration }) => `${duration} (max ${maxDuration})` },
      { title: 'RULE', value: ({ rule }) => rule, flexible: true },
    ],
    '',
  );
  out.result(plan, rows);
  out.note('\nNothing was asked for: this was a dry run.');
}
