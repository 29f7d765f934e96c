/** Waking the execution that waits for a grant. The fast path only: what it misses is due, and the reconciler acts. */
import type { Grant } from '../model/grant.ts';
import { keys } from '../model/keys.ts';
import type { Ports, Write } from '../ports.ts';
import { stepOf } from './step.ts';

type WakePorts = Pick<Ports, 'table' | 'workflow' | 'clock'>;

/** Tells the wait where the grant stands now. False when there is none, or it could not be told. */
export async function wake(ports: WakePorts, grant: Grant): Promise<boolean> {
  const item = await ports.table.get<{ token: string }>(keys.token(grant.id));
  if (!item) return false;
  return ports.workflow.wake(item.data.token, stepOf(grant, ports.clock.now())).catch(() => false);
}

/** The write that keeps the token of the present wait, in an item that no reader of grants meets. */
export async function tokenWrite(
  ports: Pick<Ports, 'table'>,
  grantId: string,
  token: string,
): Promise<Write> {
  const key = keys.token(grantId);
  const before = await ports.table.get(key);
  return {
    put: { ...key, kind: 'token', index: {}, data: { schema: 1, token } },
    expect: before?.version ?? 'absent',
  };
}

/** What a wait is started with. Older executions send no `until`. */
export interface WaitStarted {
  grantId: string;
  token: string;
  step?: { until?: string | undefined } | undefined;
}
