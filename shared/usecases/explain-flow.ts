/** Why may somebody ask by a flow, or why not; who approves, and which rule sets the lifetime. */
import { currentFlows, integrations, type CurrentFlow } from '../lifecycle/load.ts';
import { demand } from '../lifecycle/who.ts';
import { CurfewError } from '../model/errors.ts';
import type { Entitlement, Flow } from '../model/flow.ts';
import { type Person, type PersonRef, refOf } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { decidable, describeSelector, selectorsOf } from '../rules/approval.ts';
import { resolveLifetime, type ResolvedLifetime } from '../rules/lifetime.ts';
import { covers, type EntitlementFacts, matchFlow, mayRequest } from '../rules/match-flow.ts';

export interface ExplainAsked {
  by: Person;
  flowId: string;
  /** About whom. Left out: the caller. */
  personId?: string | undefined;
  entitlement?: Entitlement | undefined;
}

export interface ExplainStep {
  question: string;
  ok: boolean;
  detail: string;
}

export interface Explained {
  person: PersonRef;
  flow: Flow;
  version: number;
  entitlement?: Entitlement;
  allowed: boolean;
  because: string;
  steps: ExplainStep[];
  /** Would a request that names no flow follow this one? */
  chosen?: boolean;
  lifetime?: ResolvedLifetime;
  approvers: string[];
}

/** Throws `Forbidden` when it is about somebody else, `NotFound` for an unknown flow or person. */
export async function explainFlow(ports: Ports, asked: ExplainAsked): Promise<Explained> {
  const { by, flowId, personId = by.id, entitlement } = asked;
  demand(ports, by, personId === by.id ? 'flow.explain-self' : 'flow.explain-other');
  const person = personId === by.id ? by : await ports.directory.person(personId);
  const flows = await currentFlows(ports);
  const current = flows.find(({ flow }) => flow.id === flowId);
  if (!person || !current)
    throw new CurfewError('NotFound', `There is no ${person ? `flow ${flowId}` : `person ${personId}`}.`);
  const { flow, version } = current;
  const place = entitlement && (await findPlace(ports, entitlement, person));
  const steps = [
    ...whoSteps(flow, person),
    ...(place ? placeSteps(flow, place) : []),
    await approvalStep(ports, flow, person),
  ];
  const refusal = steps.find((step) => !step.ok);
  return {
    person: refOf(person),
    flow,
    version,
    allowed: refusal === undefined,
    because: refusal?.detail ?? `${person.name} may ask by the flow ${flow.id}.`,
    steps,
    ...(entitlement && { entitlement }),
    ...(place && outlook(flows, flow, person, place.facts)),
    approvers: flow.approval ? selectorsOf(flow.approval).map(describeSelector) : [],
  };
}

interface Place {
  label: string;
  facts: EntitlementFacts;
  offered: boolean;
  /** A login of the person's own is needed there and missing. */
  lacksLogin: boolean;
}

async function findPlace(ports: Ports, entitlement: Entitlement, person: Person): Promise<Place> {
  const { integration: id, resource, permission } = entitlement;
  const integration = (await integrations(ports)).find((one) => one.id === id);
  const offers = integration ? ports.connectors[integration.kind]?.catalog(integration) : undefined;
  const offer = offers?.find((one) => one.resource === resource && one.permission === permission);
  return {
    label: `${id}/${resource}/${permission}`,
    facts: { ...entitlement, environment: integration?.environment ?? '' },
    offered: offer !== undefined,
    lacksLogin: offer?.mode === 'membership' && person.logins[id] === undefined,
  };
}

function whoSteps(flow: Flow, person: Person): ExplainStep[] {
  const verdict = mayRequest(flow, person);
  const detail = verdict.ok ? `${person.name} is among those the flow is for.` : verdict.reason;
  return [{ question: 'Is the flow for this person?', ok: verdict.ok, detail }];
}

function placeSteps(flow: Flow, { label, facts, offered, lacksLogin }: Place): ExplainStep[] {
  const covered = covers(flow, facts);
  const catalog = offered ? `${label} is on offer.` : `There is no ${label} to ask for: see the catalog.`;
  const coverage = `The flow ${flow.id} ${covered ? 'covers' : 'does not cover'} ${label}.`;
  const login = lacksLogin
    ? `${label} needs a login of the person's own there: ask an admin to name it in the directory.`
    : 'No login is missing.';
  return [
    { question: 'Is the entitlement on offer?', ok: offered, detail: catalog },
    { question: 'Does the flow cover it?', ok: covered, detail: coverage },
    { question: 'Has the person the login that it needs?', ok: !lacksLogin, detail: login },
  ];
}

async function approvalStep(ports: Ports, flow: Flow, person: Person): Promise<ExplainStep> {
  const question = 'Can it be approved?';
  if (!flow.approval) return { question, ok: true, detail: 'It is approved automatically.' };
  const parties = { grantee: person, requester: person, selfApproval: flow.selfApproval };
  const verdict = decidable(flow.approval, parties, await candidates(ports, flow, person));
  const detail = verdict.ok ? 'There are people who can approve it.' : verdict.reason;
  return { question, ok: verdict.ok, detail };
}

async function candidates(ports: Ports, flow: Flow, grantee: Person): Promise<Person[]> {
  const found = new Map<string, Person>();
  for (const selector of flow.approval ? selectorsOf(flow.approval) : []) {
    const id = 'person' in selector ? selector.person : grantee.manager;
    const single = 'group' in selector || id === undefined ? undefined : await ports.directory.person(id);
    const people = 'group' in selector ? await ports.directory.members(selector.group) : [single];
    for (const person of people) if (person) found.set(person.id, person);
  }
  return [...found.values()];
}

function outlook(
  flows: CurrentFlow[],
  flow: Flow,
  person: Person,
  facts: EntitlementFacts,
): Pick<Explained, 'chosen' | 'lifetime'> {
  if (!covers(flow, facts)) return { chosen: false };
  const match = matchFlow(
    flows.map((one) => one.flow),
    person,
    facts,
  );
  return { chosen: match.ok && match.flow.id === flow.id, lifetime: resolveLifetime(flow, facts) };
}
