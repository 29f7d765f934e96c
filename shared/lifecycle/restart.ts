/** A grant whose execution is gone gets another one, under a new name: a name stays taken (P2). It goes on from where the table says. */
import type { Grant } from '../model/grant.ts';
import type { Ports } from '../ports.ts';
import { amend } from './amend.ts';
import { system } from './failure.ts';
import { afterWorkflow } from './pace.ts';
import { stepOf } from './step.ts';

/**
 * Counts the execution, with an event, and starts it; unless the grant, read anew, is no longer as it `must` be. Answers with
 * the execution's name. Throws what the workflow throws: then it is counted already, and may be started again by `begin`.
 */
export async function restart(
  ports: Ports,
  grantId: string,
  type: 'ExecutionRestarted' | 'ExecutionReplaced',
  must: (current: Grant) => boolean,
): Promise<string | undefined> {
  const { grant, changed } = await amend(ports, grantId, (current) => {
    if (!must(current)) return undefined;
    const executions = current.executions + 1;
    return {
      to: current.status,
      patch: { executions, nextTryAt: afterWorkflow(ports.clock.now()) },
      said: { type, actor: system, details: { executions } },
    };
  });
  return changed ? begin(ports, grant) : undefined;
}

/** Starts the grant's latest execution. One that was started already, dead or alive, stays as it is. */
export async function begin(ports: Ports, grant: Grant): Promise<string> {
  const name = `${grant.id}-r${grant.executions}`;
  await ports.workflow.start(name, stepOf(grant, ports.clock.now()));
  return name;
}
