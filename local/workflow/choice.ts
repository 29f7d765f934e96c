/** Choice states: which state comes next. */
import { ExecutionFailed } from './failure.ts';
import type { Choice, Condition } from './machine.ts';
import { readPath } from './paths.ts';

/** Throws where no rule holds and there is no default, and where a rule compares a field that is not there, as AWS does. */
export function choose(state: Choice, data: unknown): string {
  const rule = state.Choices.find((candidate) => holds(candidate, data));
  const next = rule?.Next ?? state.Default;
  if (next === undefined)
    throw new ExecutionFailed('States.NoChoiceMatched', 'no rule holds, and there is no default');
  return next;
}

function holds(condition: Condition, data: unknown): boolean {
  if ('And' in condition) return condition.And.every((part) => holds(part, data));
  if ('Or' in condition) return condition.Or.some((part) => holds(part, data));
  if ('Not' in condition) return !holds(condition.Not, data);
  const value = readPath(condition.Variable, data);
  if ('IsPresent' in condition) return (value !== undefined) === condition.IsPresent;
  if (value === undefined) throw new ExecutionFailed('States.Runtime', `${condition.Variable} is not there`);
  if ('StringEquals' in condition) return value === condition.StringEquals;
  return typeof value === 'number' && value > condition.NumericGreaterThan;
}
