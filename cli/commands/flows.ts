/** `curfew flows`: the access flows, as they are in force; and what changed ones do to open grants. */
import type { Command } from 'commander';
import type { FlowView } from '../../shared/api/flow-view.ts';
import { routes } from '../../shared/api/routes.ts';
import { describeApproval } from '../describe-approval.ts';
import { readList } from '../pages.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { type Column, table } from '../table.ts';
import { verb } from '../verb.ts';
import { applyFlows } from './apply-flows.ts';
import { planFlows } from './plan-flows.ts';

export function flows(shell: Shell): Command {
  const command = verb<[], object>(shell, {
    usage: 'flows',
    summary: 'list the access flows: who may ask for what, who approves, for how long',
    examples: ['flows', 'flows --json', 'flows plan', 'flows apply'],
    run,
  });
  return command.addCommand(planFlows(shell)).addCommand(applyFlows(shell));
}

async function run(session: Session): Promise<void> {
  const { out, shell } = session;
  const list = await readList<FlowView>(session.client(), routes.listFlows, {}, { most: 2000 });
  out.result(list, table(out, list.items, columns, 'There are no access flows.'));
  if (list.items[0]) out.note(`\nMay I? ${shell.name} explain ${list.items[0].id}`);
}

const columns: Column<FlowView>[] = [
  { title: 'FLOW', value: ({ id }) => id },
  { title: 'FOR', value: ({ requesters }) => whom(requesters) },
  { title: 'COVERS', value: ({ entitlements }) => entitlements.map(covered).join(', '), flexible: true },
  { title: 'APPROVAL', value: ({ approval }) => describeApproval(approval), flexible: true },
  {
    title: 'TIME',
    value: ({ lifetime }) =>
      `${lifetime.default} (max ${lifetime.max})${lifetime.rules.length > 0 ? ', and rules' : ''}`,
  },
  { title: 'CHANGE', value: ({ onChange }) => onChange },
  { title: 'REASON', value: ({ reason }) => reason?.hint ?? '', flexible: 'first' },
];

function whom(requesters: FlowView['requesters']): string {
  if (requesters === 'everybody') return requesters;
  return requesters.map((who) => ('person' in who ? who.person : who.group)).join(', ');
}

function covered({
  environment,
  integration,
  resource,
  permission,
}: FlowView['entitlements'][number]): string {
  const path = [integration, resource, permission].map((part) => part ?? '*').join('/');
  return environment === undefined ? path : `${path} in ${environment}`;
}
