/**
 * An execution ended without its grant: somebody stopped it, or it failed. 1. is it the grant's latest, and the grant open? 2. the
 * next one goes on from where the table says. Its time-outs are counted anew from the table, so nothing ends early or late.
 */
import { loadGrant } from '../lifecycle/load.ts';
import { begin, restart } from '../lifecycle/restart.ts';
import { type Grant, isOpen } from '../model/grant.ts';
import type { Ports } from '../ports.ts';

/**
 * `execution` is the name of the one that ended. Answers with that of the new one; undefined where none is needed. Safe to be
 * told twice, late, and in any order. Throws what the workflow throws, and is to be told again then.
 */
export async function restartExecution(ports: Ports, execution: string): Promise<string | undefined> {
  const ended = parse(execution);
  const grant = ended && (await loadGrant(ports, ended.grantId));
  if (!ended || !grant || !isOpen(grant)) return undefined;
  // Counted by an earlier try that did not get as far as starting it. If it did, the name is taken, and this does nothing.
  if (grant.executions === ended.number + 1) return begin(ports, grant);
  return restart(ports, grant.id, 'ExecutionReplaced', (current) => isLatest(current, ended.number));
}

function isLatest(grant: Grant, number: number): boolean {
  return isOpen(grant) && grant.executions === number;
}

/** `<grantId>` is a grant's first execution, `<grantId>-r<n>` its n-th restart. */
function parse(execution: string): { grantId: string; number: number } | undefined {
  const match = /^(\w+)(?:-r([1-9]\d{0,8}))?$/.exec(execution);
  return match?.[1] === undefined ? undefined : { grantId: match[1], number: Number(match[2] ?? 0) };
}
