/** Approval policies in words: who has to say yes. */
import type { ApprovalPolicy, Selector } from '../shared/model/flow.ts';

/** `automatic`; `anybody in data-owners, or the manager`; `one of data-owners, and one of security`. */
export function describeApproval(approval: 'automatic' | ApprovalPolicy): string {
  if (approval === 'automatic') return 'automatic';
  if ('anyOf' in approval)
    return approval.anyOf.map((selector) => describe(selector, 'anybody in')).join(', or ');
  return approval.allOf.map((selector) => describe(selector, 'one of')).join(', and ');
}

function describe(selector: Selector, inGroup: string): string {
  if ('person' in selector) return selector.person;
  if ('group' in selector) return `${inGroup} ${selector.group}`;
  return 'the manager';
}
