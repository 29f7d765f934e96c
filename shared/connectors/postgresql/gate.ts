/** Lets so many in at once, first come, first served. Waiting ends with the call's signal. */
import { CurfewError } from '../../model/errors.ts';

export interface Gate {
  /** Waits for a place; gives what leaves it again, which may be called more than once. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** How many are inside. */
  inside(): number;
}

export function createGate(places: number): Gate {
  const queue: (() => void)[] = [];
  let inside = 0;

  function leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside -= 1;
      queue.shift()?.();
    };
  }

  async function enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw stopped();
    if (inside >= places) await queued(queue, signal);
    inside += 1;
    return leaveOnce();
  }

  return { enter, inside: () => inside };
}

function queued(queue: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      queue.splice(queue.indexOf(go), 1);
      reject(stopped());
    };
    const go = () => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    signal.addEventListener('abort', stop);
    queue.push(go);
  });
}

function stopped(): CurfewError {
  return new CurfewError('TargetUnavailable', 'The call was stopped before it reached PostgreSQL.', {
    mayLand: false,
  });
}
