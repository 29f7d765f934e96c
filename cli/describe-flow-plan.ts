/** The plan of a flow change for people: how many of what, then each grant with what it would come to, and why. */
import type { FlowPlan, PlannedChange } from '../shared/api/flow-change-routes.ts';
import { describeEntitlement } from './describe-grant.ts';
import type { Session } from './session.ts';
import { shortId } from './short-id.ts';
import { type Column, table } from './table.ts';
import { timeAndDistance } from './times.ts';

export function describeFlowPlan({ out, shell }: Session, plan: FlowPlan): string {
  const { keep, shorten, revoke } = plan.counts;
  if (keep + shorten + revoke === 0) return 'Every open grant has the present version of its flow.';
  const counts = `${revoke} to end, ${shorten} to shorten, ${keep} kept as they are`;
  return `${counts}\n\n${table(out, plan.items, columns(shell.now()), '')}`;
}

function columns(now: number): Column<PlannedChange>[] {
  return [
    { title: 'GRANT', value: ({ grantId }) => shortId(grantId) },
    { title: 'PERSON', value: ({ grantee }) => grantee.id },
    { title: 'ENTITLEMENT', value: describeEntitlement },
    { title: 'ACTION', value: ({ action }) => action, style: ({ action }) => styles[action] },
    { title: 'ENDS NOW', value: (item) => endsNow(item, now) },
    { title: 'ENDS THEN', value: (item) => endsThen(item, now) },
    { title: 'WHY', value: ({ why }) => why, flexible: 'first' },
  ];
}

const styles = { revoke: 'red', shorten: 'yellow', keep: undefined } as const;

function endsNow({ endsNow: end, status }: PlannedChange, now: number): string {
  return end === undefined ? status : timeAndDistance(end, now);
}

function endsThen({ action, endsThen: end }: PlannedChange, now: number): string {
  if (action === 'keep') return 'the same';
  if (action === 'revoke') return 'at once';
  if (end === undefined) return 'earlier';
  return Date.parse(end) <= now ? 'at once' : timeAndDistance(end, now);
}
