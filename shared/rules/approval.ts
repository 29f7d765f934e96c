/**
 * Who may approve, and when it is enough. `anyOf` needs one approval by anybody named; `allOf` one distinct person for
 * each selector. Everything is asked of the directory as it is now: an approver who lost the group no longer counts.
 */
import type { ApprovalPolicy, Selector } from '../model/flow.ts';
import type { Person } from '../model/person.ts';
import { matchSelectors } from './match-selectors.ts';
import { no, type Verdict, yes } from './verdict.ts';

/** Whom a decision is about. Ids are the directory's: the same person by another address is the same id. */
export interface Parties {
  grantee: Pick<Person, 'id' | 'manager'>;
  requester: Pick<Person, 'id'>;
  /** May grantee or requester approve? */
  selfApproval: boolean;
}

export interface Progress {
  satisfied: boolean;
  /** Which selector is filled by whom (person id). */
  filled: { selector: Selector; by: string }[];
  /** What is still needed; for an unsatisfied `anyOf`, every selector that would do. */
  missing: Selector[];
}

/** May this person decide? */
export function eligible(policy: ApprovalPolicy, parties: Parties, candidate: Person): Verdict {
  if (!candidate.active) return no(`${candidate.name} is not active in the directory.`);
  const selectors = selectorsOf(policy);
  if (!selectors.some((selector) => names(selector, parties, candidate)))
    return no(`This needs an approval by ${selectors.map(describeSelector).join(' or ')}.`, 'approval');
  const own = candidate.id === parties.grantee.id || candidate.id === parties.requester.id;
  if (own && !parties.selfApproval)
    return no('Nobody approves what they asked for or are to get: somebody else must.', 'selfApproval');
  return yes;
}

/** How far the approvals so far go. `approvers` are the people who approved, as the directory knows them now. */
export function progress(policy: ApprovalPolicy, parties: Parties, approvers: readonly Person[]): Progress {
  const counting = approvers.filter((person) => eligible(policy, parties, person).ok);
  const selectors = selectorsOf(policy);
  const { filled, missing } = matchSelectors(selectors, counting, (selector, person) =>
    names(selector, parties, person),
  );
  if (!('anyOf' in policy)) return { satisfied: missing.length === 0, filled, missing };
  const first = filled.slice(0, 1);
  return { satisfied: first.length > 0, filled: first, missing: first.length > 0 ? [] : selectors };
}

/** Would an approval by this person bring the decision nearer? */
export function helps(
  policy: ApprovalPolicy,
  parties: Parties,
  approvers: readonly Person[],
  candidate: Person,
): boolean {
  const before = progress(policy, parties, approvers);
  const after = progress(policy, parties, [...approvers, candidate]);
  return after.filled.length > before.filled.length;
}

/** Can the people there are satisfy it at all? An approver set that nobody can fill is a refusal, never an approval. */
export function decidable(policy: ApprovalPolicy, parties: Parties, everybody: readonly Person[]): Verdict {
  const { satisfied, missing } = progress(policy, parties, everybody);
  if (satisfied) return yes;
  const nobody = missing.filter(
    (selector) =>
      !everybody.some((person) => names(selector, parties, person) && eligible(policy, parties, person).ok),
  );
  const join = 'anyOf' in policy ? ' or ' : ' and ';
  if (nobody.length > 0)
    return no(`Nobody can approve this as ${nobody.map(describeSelector).join(join)}.`, 'approval');
  const lacking = missing.map(describeSelector).join(join);
  return no(
    `There are too few people to approve this: no distinct person is left for ${lacking}.`,
    'approval',
  );
}

/** A selector in words: `the group data-owners`, `the grantee's manager`. */
export function describeSelector(selector: Selector): string {
  if ('person' in selector) return selector.person;
  return 'group' in selector ? `the group ${selector.group}` : "the grantee's manager";
}

/** The selectors of a policy, in the order of the configuration. */
export function selectorsOf(policy: ApprovalPolicy): Selector[] {
  return 'anyOf' in policy ? policy.anyOf : policy.allOf;
}

function names(selector: Selector, parties: Parties, person: Person): boolean {
  if ('person' in selector) return selector.person === person.id;
  if ('group' in selector) return person.groups.includes(selector.group);
  return parties.grantee.manager === person.id;
}
