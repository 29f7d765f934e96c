/** The options that every list has: how much of it, and where to go on. */
import { CliError } from './cli-error.ts';
import type { List } from './pages.ts';
import type { Session } from './session.ts';

export interface ListOptions {
  limit?: string;
  all?: boolean;
  cursor?: string;
}

export const listOptions: [flags: string, description: string][] = [
  ['--limit <count>', 'how many to show (default: 50)'],
  ['--all', 'show all of them'],
  ['--cursor <text>', 'go on after a list: its `next`, with the same options'],
];

/** Throws `usage` for a limit that is no whole number from 1 on. */
export function mostOf({ limit, all, cursor }: ListOptions): { most: number; cursor?: string | undefined } {
  if (all) return { most: Number.MAX_SAFE_INTEGER, cursor };
  if (limit !== undefined && !/^[1-9]\d{0,5}$/.test(limit))
    throw new CliError('usage', `--limit ${limit} is not a whole number from 1 on.`);
  return { most: limit === undefined ? 50 : Number(limit), cursor };
}

export function noteMore({ out }: Session, { items, next }: List<unknown>): void {
  if (next !== undefined) out.note(`\nThese are the first ${items.length}: see more with --all or --limit.`);
}
