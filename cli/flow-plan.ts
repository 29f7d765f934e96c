/** Reads the plan of a flow change: its counts, its digest, and as many of its grants as are wanted, all of one plan. */
import type { FlowPlan } from '../shared/api/flow-change-routes.ts';
import { routes } from '../shared/api/routes.ts';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';

const mostTries = 5;
const pageSize = 200;

/** Throws `conflict` when the plan changes faster than it can be read. */
export async function readFlowPlan(client: Client, most: number): Promise<FlowPlan> {
  for (let tries = 0; tries < mostTries; tries++) {
    const plan = await readOnce(client, most);
    if (plan) return plan;
  }
  throw new CliError('conflict', 'The plan changes faster than it can be read.', {
    hint: 'Open grants come and go just now: try again, or read less of it (--limit).',
  });
}

/** Undefined when it became another plan between two pages. */
async function readOnce(client: Client, most: number): Promise<FlowPlan | undefined> {
  const items: FlowPlan['items'] = [];
  let cursor: string | undefined;
  for (let first: FlowPlan | undefined; ; ) {
    const limit = String(Math.min(pageSize, most - items.length));
    const { body } = await client.call(routes.showFlowPlan, { query: { limit, cursor } });
    first ??= body;
    if (body.digest !== first.digest) return undefined;
    items.push(...body.items);
    cursor = body.next;
    if (cursor === undefined || items.length >= most) return { ...first, items, next: cursor };
  }
}
