/** Which access flow a request for an entitlement follows: who may ask for what, and which of several flows wins. */
import type { EntitlementMatch, Flow } from '../model/flow.ts';
import type { Person } from '../model/person.ts';
import { no, type Verdict, yes } from './verdict.ts';

/** An entitlement with the environment of its integration: everything that a flow can speak of. */
export type EntitlementFacts = { [Dimension in keyof EntitlementMatch]-?: string };

export type FlowMatch =
  | { ok: true; flow: Flow }
  | { ok: false; reason: string; considered: { flow: string; reason: string }[] };

/**
 * The flow for a request: the one named, else the first automatic one, else the first in the order of `flows`.
 * `considered` holds, for a refusal, every flow that was looked at and why it does not do.
 */
export function matchFlow(
  flows: readonly Flow[],
  person: Person,
  target: EntitlementFacts,
  named?: string,
): FlowMatch {
  const offered = named === undefined ? flows : flows.filter((flow) => flow.id === named);
  const considered: { flow: string; reason: string }[] = [];
  const fitting = offered.filter((flow) => {
    const verdict = fits(flow, person, target);
    if (!verdict.ok) considered.push({ flow: flow.id, reason: verdict.reason });
    return verdict.ok;
  });
  const flow = fitting.find((candidate) => candidate.approval === undefined) ?? fitting[0];
  return flow
    ? { ok: true, flow }
    : { ok: false, reason: why(offered, target, considered, named), considered };
}

/** Does the flow speak of this entitlement? One of its `entitlements` must match in every dimension that it names. */
export function covers(flow: Flow, target: EntitlementFacts): boolean {
  return flow.entitlements.some((match) => matches(match, target));
}

/** May this person ask by this flow, whatever for? */
export function mayRequest(flow: Flow, person: Person): Verdict {
  if (!person.active) return no(`${person.name} is not active in the directory.`);
  if (flow.requesters === undefined) return yes;
  const named = flow.requesters.some((who) =>
    'person' in who ? who.person === person.id : person.groups.includes(who.group),
  );
  if (named) return yes;
  const needed = flow.requesters.map((who) => ('person' in who ? who.person : `the group ${who.group}`));
  const who = needed.length === 0 ? 'nobody' : needed.join(', ');
  return no(
    `The flow ${flow.id} is for ${who}; ${person.name} is not among them.`,
    `flow:${flow.id} requesters`,
  );
}

/** Does the rule speak of this entitlement? What it leaves out matches everything. */
export function matches(match: EntitlementMatch, target: EntitlementFacts): boolean {
  return dimensions.every(
    (dimension) => match[dimension] === undefined || match[dimension] === target[dimension],
  );
}

/** The dimensions by which a rule can narrow what it speaks of. */
export const dimensions = ['environment', 'integration', 'resource', 'permission'] as const;

function fits(flow: Flow, person: Person, target: EntitlementFacts): Verdict {
  if (!covers(flow, target))
    return no(`The flow ${flow.id} does not cover ${label(target)}.`, `flow:${flow.id} entitlements`);
  return mayRequest(flow, person);
}

function why(
  offered: readonly Flow[],
  target: EntitlementFacts,
  considered: { flow: string; reason: string }[],
  named?: string,
): string {
  if (named !== undefined)
    return (
      considered[0]?.reason ?? `There is no flow ${named}. Leave the flow out, or see the list of flows.`
    );
  const covering = offered.filter((flow) => covers(flow, target)).map((flow) => flow.id);
  if (covering.length === 0)
    return `No flow covers ${label(target)}. The catalog lists what you may ask for.`;
  const first = considered.find(({ flow }) => flow === covering[0]);
  return first?.reason ?? `No flow lets you ask for ${label(target)}.`;
}

function label(target: EntitlementFacts): string {
  return `${target.integration}/${target.resource}/${target.permission}`;
}
