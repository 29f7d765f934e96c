/** A duration as it is typed: the same words as in the API, refused before anything is sent. */
import { parseDuration as parse } from '../shared/model/time.ts';
import { CliError } from './cli-error.ts';

/** Seconds. Throws `usage`, naming the option. */
export function parseDuration(text: string, option: string): number {
  const seconds = parse(text);
  if (seconds !== undefined) return seconds;
  throw new CliError('usage', `${option} ${text} is no duration.`, {
    hint: 'Write it like 90s, 45m, 8h or 30d: a whole number of one unit.',
  });
}
