/** Durations as people write them (`90s`, `45m`, `8h`, `30d`) and instants as ISO-8601 UTC. */
import * as z from 'zod';

const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Nothing lives longer than this: a Step Functions execution ends after one year. */
export const longestSeconds = 364 * 86_400;

/** `90s` -> 90. Whole numbers of one unit, from 1 s to 364 days. Undefined when the text is not that. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * secondsPer[match[2] as keyof typeof secondsPer];
  return seconds <= longestSeconds ? seconds : undefined;
}

/** 5400 -> `90m`: the largest unit that needs no fraction. */
export function formatDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (seconds > 0 && seconds % secondsPer[unit] === 0) return `${seconds / secondsPer[unit]}${unit}`;
  }
  return `${seconds}s`;
}

const explain = 'must be a duration such as 90s, 45m, 8h or 30d, from 1s to 364d';

/** A duration in text, for configuration and API bodies: parsed to whole seconds. */
export const Duration = z
  .string()
  // Aborting: what compares durations must not meet one that was never parsed.
  .max(12, { error: explain, abort: true })
  .refine((text) => parseDuration(text) !== undefined, { error: explain, abort: true })
  .transform((text) => parseDuration(text) as number);

/** An instant: ISO-8601, UTC, milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

/** Epoch milliseconds -> `2026-11-24T12:00:00.000Z`. */
export function toInstant(ms: number): Instant {
  return new Date(ms).toISOString();
}

/** The inverse of `toInstant`. */
export function toMs(instant: Instant): number {
  return Date.parse(instant);
}

/** Whole seconds from `now` until `instant`, rounded up (a timer that fires early ends access early), never negative. */
export function secondsUntil(instant: Instant, nowMs: number): number {
  return Math.max(0, Math.ceil((toMs(instant) - nowMs) / 1000));
}
