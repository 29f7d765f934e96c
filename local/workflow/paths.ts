/** The paths of the subset: reading from state data and from the context, and putting a result into state data. */
import { ExecutionFailed } from './failure.ts';

/** What `$$` paths read. */
export interface Context {
  Execution: { Name: string; Input: unknown };
  Task?: { Token: string };
}

/** The value at a path, or undefined where there is none (JSON itself has no undefined). */
export function readPath(path: string, data: unknown): unknown {
  let value = data;
  for (const name of path.split('.').slice(1)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** `{ "grantId.$": "$$.Execution.Input.grantId" }` -> `{ grantId }`, a copy of its own. Throws where a path leads nowhere. */
export function fillPayload(template: Record<string, string>, data: unknown, context: Context): unknown {
  const payload: Record<string, unknown> = {};
  for (const [field, path] of Object.entries(template)) {
    const value = path.startsWith('$$') ? readPath(path.slice(1), context) : readPath(path, data);
    if (value === undefined) {
      throw new ExecutionFailed('States.ParameterPathFailure', `${path}, for ${field}, is not there`);
    }
    payload[field.slice(0, -2)] = value;
  }
  return copy(payload);
}

/** `input` with the result at the path; null drops the result. Throws where the path leads through something that is no object. */
export function placeResult(path: string | null, input: unknown, result: unknown): unknown {
  if (path === null) return input;
  if (path === '$') return result;
  const names = path.split('.').slice(1);
  const output = copy(input);
  let at = output;
  for (const [depth, name] of names.entries()) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) {
      throw new ExecutionFailed(
        'States.ResultPathMatchFailure',
        `${path} leads through something that is no object`,
      );
    }
    const inner = at as Record<string, unknown>;
    if (depth === names.length - 1) inner[name] = result;
    else if (!Object.hasOwn(inner, name)) inner[name] = {};
    at = inner[name];
  }
  return output;
}

/** OutputPath. Throws where it leads nowhere. */
export function selectOutput(path: string, data: unknown): unknown {
  const output = readPath(path, data);
  if (output === undefined) throw new ExecutionFailed('States.Runtime', `OutputPath ${path} is not there`);
  return output;
}

/** What is left of a value on its way through JSON, as between state machine and Lambda. Nothing becomes null. */
export function copy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}
