/** The real time and what was added to it: on this clock nobody waits, it jumps. For what lags behind on the same clock. */
import type { Clock } from '../../shared/ports.ts';

export interface JumpingClock extends Clock {
  jump(seconds: number): void;
}

export function createJumpingClock(): JumpingClock {
  let added = 0;
  const now = () => Date.now() + added;
  return {
    now,
    jump: (seconds) => void (added += seconds * 1000),
    async sleepUntil(ms) {
      added += Math.max(0, ms - now());
    },
  };
}
