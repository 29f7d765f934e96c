/** What would happen to one wished entitlement: which flow, for how long by which rule, who decides. Or why not. */
import { CurfewError } from '../model/errors.ts';
import type { ApprovalPolicy, Entitlement, Flow } from '../model/flow.ts';
import { type Grant } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { decidable } from '../rules/approval.ts';
import { chooseLifetime } from '../rules/lifetime.ts';
import { matchFlow } from '../rules/match-flow.ts';
import { currentFlows, integrations } from './load.ts';

/** An entitlement, and the flow asked for by name where several match. */
export type Wish = Entitlement & { flow?: string | undefined };

export interface Plan {
  entitlement: Entitlement;
  names: Grant['names'];
  environment: string;
  flow: Flow;
  version: number;
  approval: 'automatic' | ApprovalPolicy;
  lifetimeSeconds: number;
  maxSeconds: number;
  /** The rule that set the lifetime. */
  rule: string;
}

export interface Asked {
  wish: Wish;
  grantee: Person;
  requester: Person;
  asked: { durationSeconds?: number | undefined; reason: string };
}

/** Reads only. Throws `Refused`, with the rule. */
export async function planEntitlement(
  ports: Ports,
  { wish, grantee, requester, asked }: Asked,
): Promise<Plan> {
  const place = await findOffer(ports, wish, grantee);
  const flows = await currentFlows(ports);
  const match = matchFlow(
    flows.map(({ flow }) => flow),
    grantee,
    place.match,
    wish.flow,
  );
  if (!match.ok) throw new CurfewError('Refused', match.reason, { rule: 'flow.match' });
  const { flow } = match;
  const version = flows.find((one) => one.flow.id === flow.id)?.version ?? 0;
  const lifetime = chooseLifetime(flow, place.match, asked.durationSeconds);
  if (!lifetime.ok) throw new CurfewError('Refused', lifetime.reason, { rule: lifetime.rule });
  checkReason(flow, asked.reason);
  await checkApprovers(ports, flow, grantee, requester);
  const { integration, resource, permission } = wish;
  return {
    entitlement: { integration, resource, permission },
    names: { ...place.names, flow: flow.name },
    environment: place.match.environment,
    flow,
    version,
    approval: flow.approval ?? 'automatic',
    lifetimeSeconds: lifetime.seconds,
    maxSeconds: lifetime.maxSeconds,
    rule: lifetime.rule,
  };
}

interface Place {
  match: Entitlement & { environment: string };
  names: { integration: string; resource: string; permission: string };
}

async function findOffer(ports: Ports, wish: Wish, grantee: Person): Promise<Place> {
  const integration = (await integrations(ports)).find((one) => one.id === wish.integration);
  const offers = integration ? ports.connectors[integration.kind]?.catalog(integration) : undefined;
  const offer = offers?.find((one) => one.resource === wish.resource && one.permission === wish.permission);
  if (!integration || !offer) {
    const name = `${wish.integration}/${wish.resource}/${wish.permission}`;
    throw new CurfewError('Refused', `There is no ${name} to ask for: see the catalog.`, { rule: 'catalog' });
  }
  if (offer.mode === 'membership' && grantee.logins[integration.id] === undefined) {
    const rule = `people.${grantee.id}.logins`;
    throw new CurfewError(
      'Refused',
      `${grantee.name} has no login of their own at ${integration.name}: ask an admin to name it.`,
      { rule },
    );
  }
  return {
    match: {
      environment: integration.environment,
      integration: integration.id,
      resource: wish.resource,
      permission: wish.permission,
    },
    names: { integration: integration.name, resource: offer.resourceName, permission: offer.permissionName },
  };
}

function checkReason(flow: Flow, reason: string): void {
  if (!flow.reason || new RegExp(flow.reason.pattern, 'u').test(reason)) return;
  throw new CurfewError('Refused', `The reason must name ${flow.reason.hint}.`, {
    rule: `flow:${flow.id} reason`,
  });
}

async function checkApprovers(ports: Ports, flow: Flow, grantee: Person, requester: Person): Promise<void> {
  if (!flow.approval) return;
  const everybody = await candidates(ports, flow.approval, grantee);
  const verdict = decidable(
    flow.approval,
    { grantee, requester, selfApproval: flow.selfApproval },
    everybody,
  );
  if (!verdict.ok) throw new CurfewError('Refused', verdict.reason, { rule: `flow:${flow.id} approval` });
}

async function candidates(ports: Ports, policy: ApprovalPolicy, grantee: Person): Promise<Person[]> {
  const found = new Map<string, Person>();
  for (const selector of Object.values(policy).flat()) {
    const people =
      'group' in selector
        ? await ports.directory.members(selector.group)
        : [await ports.directory.person('person' in selector ? selector.person : (grantee.manager ?? ''))];
    for (const person of people) if (person) found.set(person.id, person);
  }
  return [...found.values()];
}
