/** The plan of a flow change, and the run that carries it out, as the API gives them. */
import { FlowPlan, type PlannedChange, RunView } from '../../shared/api/flow-change-routes.ts';
import { aGrantId, inSeconds } from './fixtures.ts';

export const digest = (letter: string) => `1-1-${letter.repeat(32)}`;
export const runId = `rn_${'0'.repeat(24)}r1`;

function aChange(ending: string, with_: Partial<PlannedChange> = {}): PlannedChange {
  return {
    grantId: aGrantId(ending),
    status: 'active',
    grantee: { id: 'ben', name: 'Ben Brandt' },
    entitlement: { integration: 'orders-db', resource: 'orders', permission: 'read' },
    flow: { id: 'orders-read', from: 1, to: 2 },
    action: 'keep',
    why: 'It ends within the 10m that the flow orders-read allows now.',
    endsNow: inSeconds(900),
    ...with_,
  };
}

export const changes = [
  aChange('c1', { action: 'revoke', why: 'The flow orders-read has left the configuration.' }),
  aChange('c2', { action: 'shorten', why: 'The flow orders-read allows 10m now.', endsThen: inSeconds(300) }),
  aChange('c3'),
];

export function aPlan(letter = 'a', with_: Partial<FlowPlan> = {}) {
  const counts = { keep: 1, shorten: 1, revoke: 1 };
  return { status: 200, body: FlowPlan.parse({ counts, digest: digest(letter), items: changes, ...with_ }) };
}

export function aRun(with_: Partial<RunView> = {}) {
  const outcomes = { shortened: 1, revoke_asked: 1, already_closed: 0, not_due: 0, failed: 0 };
  const by = { id: 'adam', name: 'Adam Aydin' };
  const counts = { keep: 1, shorten: 1, revoke: 1 };
  const done = { state: 'done', total: 2, settled: 2, outcomes, left: 0, finishedAt: inSeconds(0) };
  const run = { id: runId, kind: 'flow_change', by, reason: 'why', digest: digest('a'), counts, ...done };
  return { status: 200, body: RunView.parse({ ...run, startedAt: inSeconds(-1), items: [], ...with_ }) };
}
