/** Times for people: in their own time zone, with how long it is until then. */
import { parseDuration, secondsUntil, toMs } from '../shared/model/time.ts';

/** `14:05:09` today, `2026-11-24 14:05:09` on another day. */
export function localTime(instant: string, nowMs: number): string {
  const at = new Date(toMs(instant));
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return at.toDateString() === new Date(nowMs).toDateString() ? time : `${day} ${time}`;
}

/** `in 14 min 20 s`, `2 h 5 min ago`. */
export function fromNow(instant: string, nowMs: number): string {
  const ahead = secondsUntil(instant, nowMs);
  if (ahead > 0) return `in ${spell(ahead)}`;
  return `${spell(Math.floor((nowMs - toMs(instant)) / 1000))} ago`;
}

/** `14:05:09 (in 14 min 20 s)`. */
export function timeAndDistance(instant: string, nowMs: number): string {
  return `${localTime(instant, nowMs)} (${fromNow(instant, nowMs)})`;
}

/** Seconds -> `2 h 5 min`: the two largest units that say something. */
export function spell(seconds: number): string {
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const parts = units.slice(first, first + 2).filter(([count]) => count > 0);
  return parts.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** A duration of the API (`90s`, also `0s`) in seconds. */
export function secondsOf(duration: string): number {
  return parseDuration(duration) ?? 0;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
