/** Generators of people, policies, flows and entitlements for the property tests: small worlds, so that things collide. */
import * as fc from 'fast-check';
import type {
  ApprovalPolicy,
  EntitlementMatch,
  Flow,
  LifetimeRule,
  Selector,
} from '../../shared/model/flow.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Parties } from '../../shared/rules/approval.ts';
import type { EntitlementFacts } from '../../shared/rules/match-flow.ts';
import { aFlow, aPerson } from '../support/builders.ts';

const ids = ['ada', 'ben', 'cyn', 'dan', 'eve'];
const groups = ['data-owners', 'security', 'engineers'];

/** A directory: one to five people, in groups, with managers, one in four of them not active. */
export function directories(): fc.Arbitrary<Person[]> {
  const person = (id: string) =>
    fc
      .record({
        active: fc.constantFrom(true, true, true, false),
        groups: fc.subarray(groups),
        manager: fc.constantFrom(undefined, ...ids),
      })
      .map(({ manager, ...rest }) => aPerson(id, manager === undefined ? rest : { ...rest, manager }));
  return fc
    .tuple(fc.tuple(...ids.map(person)), fc.subarray(ids, { minLength: 1 }))
    .map(([people, present]) => people.filter(({ id }) => present.includes(id)));
}

export function selectors(): fc.Arbitrary<Selector> {
  return fc.oneof(
    fc.constantFrom(...ids).map((person) => ({ person })),
    fc.constantFrom(...groups).map((group) => ({ group })),
    fc.constant({ manager: true as const }),
  );
}

export function policies(): fc.Arbitrary<ApprovalPolicy> {
  const several = fc.array(selectors(), { minLength: 1, maxLength: 4 });
  return fc.oneof(
    several.map((anyOf) => ({ anyOf })),
    several.map((allOf) => ({ allOf })),
  );
}

/** Grantee and requester from the directory, the same person as often as not. */
export function parties(people: readonly Person[]): fc.Arbitrary<Parties> {
  return fc.record({
    grantee: fc.constantFrom(...people),
    requester: fc.constantFrom(...people),
    selfApproval: fc.boolean(),
  });
}

/** A policy over a directory, with the parties and those of the directory who approved. */
export function decisions() {
  return directories().chain((people) =>
    fc.record({
      people: fc.constant(people),
      policy: policies(),
      parties: parties(people),
      approvers: fc.subarray(people),
      candidate: fc.constantFrom(...people),
    }),
  );
}

const values = {
  environment: ['production', 'staging'],
  integration: ['orders-db', 'users-db'],
  resource: ['orders', 'users'],
  permission: ['read', 'write'],
} as const;

export function targets(): fc.Arbitrary<EntitlementFacts> {
  return fc.record({
    environment: fc.constantFrom(...values.environment),
    integration: fc.constantFrom(...values.integration),
    resource: fc.constantFrom(...values.resource),
    permission: fc.constantFrom(...values.permission),
  });
}

export function matchers(): fc.Arbitrary<EntitlementMatch> {
  return fc.record(
    {
      environment: fc.constantFrom(...values.environment),
      integration: fc.constantFrom(...values.integration),
      resource: fc.constantFrom(...values.resource),
      permission: fc.constantFrom(...values.permission),
    },
    { requiredKeys: [] },
  );
}

/** A lifetime rule of few lengths, so that ties are common. The default is never longer than the maximum. */
export function lifetimeRules(): fc.Arbitrary<LifetimeRule> {
  return fc
    .record({
      when: matchers(),
      max: fc.constantFrom(60, 600, 7200),
      default: fc.constantFrom(undefined, 30, 60),
    })
    .map(({ when, max, default: usual }) =>
      usual === undefined ? { when, max } : { when, max, default: usual },
    );
}

export function flows(id = 'orders-read'): fc.Arbitrary<Flow> {
  return fc
    .record({
      entitlements: fc.array(matchers(), { minLength: 1, maxLength: 3 }),
      rules: fc.array(lifetimeRules(), { maxLength: 6 }),
      requesters: fc.option(
        fc.array(
          fc.oneof(
            fc.constantFrom(...ids).map((person) => ({ person })),
            fc.constantFrom(...groups).map((group) => ({ group })),
          ),
          { maxLength: 2 },
        ),
        { nil: undefined },
      ),
      approval: fc.option(policies(), { nil: undefined }),
    })
    .map(({ entitlements, rules, requesters, approval }) =>
      aFlow({
        id,
        entitlements,
        lifetime: { default: 900, max: 3600, rules },
        ...(requesters && { requesters }),
        ...(approval && { approval }),
      }),
    );
}
