/**
 * Between two calls Lambda stops a function in its tracks, for minutes or for good. Connections that it held meanwhile would take
 * places at the target from functions that end access, and be dead when it goes on.
 */
import type { Ports } from '../ports.ts';

/** A target that does not say goodbye in time is left to its own time-outs. */
const patienceMs = 1_000;

/** `run`, and after it every connector rests, whatever came of it. */
export function thenRest<A extends unknown[], R>(
  { connectors }: Pick<Ports, 'connectors'>,
  run: (...given: A) => Promise<R>,
): (...given: A) => Promise<R> {
  return async (...given) => {
    try {
      return await run(...given);
    } finally {
      const resting = Object.values(connectors).map(async (connector) => connector.rest?.());
      await Promise.race([Promise.allSettled(resting), late()]);
    }
  };
}

function late(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
}
