/** Somebody looks at what the changed flows would do to open grants. Nothing is done by it. */
import { type FlowPlan, planFlowChange, type PlannedGrant } from '../lifecycle/flow-plan.ts';
import { type Page, type Paging, pageOfList } from '../lifecycle/read-page.ts';
import { demand } from '../lifecycle/who.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';

export type ShownPlan = Pick<FlowPlan, 'counts' | 'digest'> & Page<PlannedGrant>;

/** Throws `Forbidden`, and `Malformed` for a cursor of another list. Counts and digest are of the whole plan, on every page. */
export async function showFlowPlan(
  ports: Ports,
  { by, paging }: { by: Person; paging: Paging },
): Promise<ShownPlan> {
  demand(ports, by, 'flow.plan');
  const { counts, digest, items } = await planFlowChange(ports);
  return { counts, digest, ...pageOfList(items, ['flow plan', by.id], paging) };
}
