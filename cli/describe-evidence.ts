/** What was read back from the target after an end, in words. */
import type { GrantView } from '../shared/api/grant-view.ts';
import { localTime } from './times.ts';

type Evidence = NonNullable<GrantView['evidence']>;

/** `absent at 14:05:09: login none, sessions 0`. */
export function evidenceOf({ present, heldBy, facts, readAt }: Evidence, nowMs: number): string {
  const seen = Object.entries(facts).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const also = heldBy.length > 0 ? `; still held by ${heldBy.join(', ')}` : '';
  return `${present ? 'PRESENT' : 'absent'} at ${localTime(readAt, nowMs)}${seen.length > 0 ? `: ${seen.join(', ')}` : ''}${also}`;
}
