/** What is wrong with a configuration, in words: one line for each fault, with its path as a person would write it. */
import type * as z from 'zod';

export interface Fault {
  path: string;
  message: string;
}

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** The faults of a value by a schema, or the parsed value. `at` is where the value stands in the whole. */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at: PropertyKey[] = [],
): { data?: T; faults: Fault[] } {
  const parsed = schema.safeParse(value, { error: inWords });
  if (parsed.success) return { data: parsed.data, faults: [] };
  return { faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, at)) };
}

function faultsOf(issue: Issue, at: PropertyKey[]): Fault[] {
  const path = [...at, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'is not a known field' }));
  if (issue.code === 'invalid_union')
    return closest(issue)?.flatMap((inner) => faultsOf(inner, path)) ?? [noShape(path)];
  if (issue.code === 'invalid_key')
    return [
      { path: pathText(path), message: `is no key here: ${issue.issues[0]?.message ?? issue.message}` },
    ];
  return [{ path: pathText(path), message: issue.message }];
}

/** Of several shapes the one that was meant: the only one whose fields are those that were written. */
function closest(issue: z.core.$ZodIssueInvalidUnion): Issue[] | undefined {
  const meant = issue.errors.filter((branch) => !branch.some((one) => one.code === 'unrecognized_keys'));
  return meant.length === 1 ? meant[0] : undefined;
}

function noShape(path: PropertyKey[]): Fault {
  return { path: pathText(path), message: 'has none of the shapes that are possible here' };
}

/** `['flows', 2, 'lifetime', 'max']` -> `flows[2].lifetime.max`. */
export function pathText(path: PropertyKey[]): string {
  const text = path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      return /^[A-Za-z_$][\w$]*$/.test(String(part))
        ? `.${String(part)}`
        : `[${JSON.stringify(String(part))}]`;
    })
    .join('')
    .replace(/^\./, '');
  return text || '(the whole)';
}

/** For what the schemas themselves say nothing about. */
function inWords(issue: RawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return issue.input === undefined
      ? 'is missing'
      : `must be ${typeNames[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${oneOf(issue.values)}`;
  if (issue.code === 'too_small') return `must ${size(issue.origin, 'at least', Number(issue.minimum))}`;
  if (issue.code === 'too_big') return `must ${size(issue.origin, 'at most', Number(issue.maximum))}`;
  if (issue.code === 'invalid_format' && issue.format === 'email') return 'must be an e-mail address';
  return undefined;
}

function oneOf(values: readonly unknown[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.map((value) => JSON.stringify(value)).join(', ')}`;
}

const typeNames: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function size(origin: string, limit: string, count: number): string {
  const units: Record<string, [string, string]> = {
    string: ['character', 'characters'],
    array: ['entry', 'entries'],
  };
  const unit = units[origin];
  return unit ? `have ${limit} ${count} ${count === 1 ? unit[0] : unit[1]}` : `be ${limit} ${count}`;
}
