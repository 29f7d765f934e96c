/** The state machine's file: valid for AWS, loadable here, and naming only what exists. */
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { loadMachine } from '../../local/workflow/load-machine.ts';
import { functionNameOf, waitsForToken } from '../../local/workflow/machine.ts';
import { errors } from '../../shared/model/errors.ts';
import definition from '../../statemachines/grant.asl.json' with { type: 'json' };

const functions = [
  'ask-approvers',
  'grant-access',
  'hold-access',
  'revoke-access',
  'record-revoke-failed',
  'close-request',
];
const machine = loadMachine(definition, functions);
const tasks = Object.entries(machine.States).flatMap(([name, state]) =>
  state.Type === 'Task' ? [{ name, task: state }] : [],
);

describe('the state machine of a grant', () => {
  it('is valid Amazon States Language', () => {
    // The validator writes into what it is given.
    const result = aslValidator(structuredClone(definition));
    expect(result.errorsText('\n')).toBe('');
    expect(result.isValid).toBe(true);
  });

  it('would not be called valid if a state it names were missing', () => {
    const broken = structuredClone(definition) as { States: Record<string, unknown> };
    delete broken.States['HoldAccess'];
    expect(aslValidator(broken).isValid).toBe(false);
  });

  it('names each state after the function it calls', () => {
    for (const { name, task: state } of tasks) {
      expect(functionNameOf(state)).toBe(name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase());
    }
    expect(tasks.map((one) => functionNameOf(one.task)).toSorted()).toEqual(functions.toSorted());
  });

  it('retries and catches only errors that exist', () => {
    const named = tasks
      .flatMap((one) => [...one.task.Retry, ...one.task.Catch])
      .flatMap((rule) => rule.ErrorEquals);
    const ours = named.filter((name) => !/^(States|Lambda|Sandbox)\./.test(name));
    expect(ours).toContain('NotDue');
    for (const name of ours) expect(Object.keys(errors)).toContain(name);
  });

  it('grants again after every error that may be over soon, and after no other', () => {
    const retried = retriedBy('GrantAccess');
    for (const [name, { retryable }] of Object.entries(errors)) {
      expect(retried.includes(name), name).toBe(retryable);
    }
  });

  it('never tries a revoke again at once that only a person can mend', () => {
    const [first, second] = task('RevokeAccess').Retry;
    expect([...(first?.ErrorEquals ?? []), ...(second?.ErrorEquals ?? [])]).toEqual([
      'NotDue',
      'RevokeBlocked',
      'TargetRefused',
    ]);
    expect([first?.MaxAttempts, second?.MaxAttempts]).toEqual([0, 0]);
  });

  it('never runs a wait for a person or for the end over again because its time is up', () => {
    const waits = tasks.filter((one) => waitsForToken(one.task));
    expect(waits.map(({ name }) => name)).toEqual(['AskApprovers', 'HoldAccess']);
    for (const { task: wait } of waits) {
      expect(wait.Retry.flatMap((retrier) => retrier.ErrorEquals)).toEqual(['States.TaskFailed']);
      expect(wait.Retry.map((retrier) => retrier.JitterStrategy)).toEqual(['NONE']);
    }
  });

  it('catches every error of every state but the last one of a request', () => {
    for (const { name, task: state } of tasks) {
      const caught = state.Catch.flatMap((catcher) => catcher.ErrorEquals);
      expect(caught.includes('States.ALL'), name).toBe(name !== 'CloseRequest');
    }
  });
});

function task(name: string) {
  const found = tasks.find((one) => one.name === name);
  if (!found) throw new Error(`no such task: ${name}`);
  return found.task;
}

function retriedBy(name: string): string[] {
  const seen = new Set<string>();
  return task(name).Retry.flatMap(({ ErrorEquals, MaxAttempts }) => {
    const fresh = ErrorEquals.filter((error) => !seen.has(error));
    for (const error of fresh) seen.add(error);
    return MaxAttempts > 0 ? fresh : [];
  });
}
