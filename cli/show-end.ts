/** How a grant ended, with what was read back from the target. */
import type { GrantView } from '../shared/api/grant-view.ts';
import { evidenceOf } from './describe-evidence.ts';
import { describeEntitlement, describeState } from './describe-grant.ts';
import type { Session } from './session.ts';
import { pairs } from './table.ts';

export function showEnd({ out, shell }: Session, grant: GrantView): void {
  const now = shell.now();
  const title = `${describeEntitlement(grant)} of ${grant.grantee.name}: ${sentence(grant) ?? describeState(grant, now)}`;
  const style =
    grant.open || grant.outcome === 'still_held' || grant.status === 'closed_unverified'
      ? ('red' as const)
      : ('green' as const);
  const details = pairs(out, [
    ['grant', grant.id],
    ['outcome', grant.outcome?.replace('_', ' ')],
    ['evidence', grant.evidence && evidenceOf(grant.evidence, now)],
  ]);
  out.result(grant, `${out.paint(style, title)}\n${details}`);
}

/** Of a closed grant. */
function sentence({ status, outcome, evidence, wanted }: GrantView): string | undefined {
  if (status === 'cancelled') return 'cancelled before anything was granted';
  if (status !== 'revoked') return undefined;
  switch (outcome) {
    case 'revoked':
      return `gone, and read back as gone (${wanted?.cause})`;
    case 'already_absent':
      return 'gone: it was not there any more, and was read back as absent';
    case 'never_granted':
      return 'gone: it never came into being';
    case 'still_held':
      return `what this grant gave is gone, but the access is STILL HELD by ${evidence?.heldBy.join(', ') ?? 'something else'}`;
    case undefined:
      return undefined;
  }
}
