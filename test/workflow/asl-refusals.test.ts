/** What the interpreter refuses when a machine is loaded: anything it would not run exactly as AWS does. */
import { describe, expect, it } from 'vitest';
import { loadMachine } from '../../local/workflow/load-machine.ts';
import definition from '../../statemachines/grant.asl.json' with { type: 'json' };
import { callback, record, task } from './asl-world.ts';

const functions = ['work', 'record', 'hold'];

/** The message with which a machine of these states is refused. */
function refusalOf(states: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  try {
    loadMachine({ StartAt: Object.keys(states)[0], States: states, ...more }, functions);
  } catch (error) {
    return (error as Error).message;
  }
  return 'not refused';
}

const work = (more: Record<string, unknown>) => refusalOf({ Work: task(more) });
const retry = (...rules: unknown[]) => work({ Retry: rules });

describe('a machine is refused', () => {
  it.each([
    [
      'a field of the machine',
      refusalOf({ Work: task() }, { TimeoutSeconds: 5 }),
      '$: Unrecognized key: "TimeoutSeconds"',
    ],
    ['a query language', refusalOf({ Work: task() }, { QueryLanguage: 'JSONata' }), '"QueryLanguage"'],
    [
      'a field of a task',
      work({ HeartbeatSeconds: 5 }),
      '$.States.Work: Unrecognized key: "HeartbeatSeconds"',
    ],
    ['InputPath', work({ InputPath: '$.a' }), '"InputPath"'],
    ['ResultSelector', work({ ResultSelector: {} }), '"ResultSelector"'],
    [
      'a field of a retrier',
      retry({ ErrorEquals: ['A'], Foo: 1 }),
      '$.States.Work.Retry[0]: Unrecognized key: "Foo"',
    ],
    [
      'a field of a catcher',
      work({ Catch: [{ ErrorEquals: ['A'], Next: 'Work', Output: 1 }] }),
      '$.States.Work.Catch[0]',
    ],
    ['another type of state', refusalOf({ Work: { Type: 'Pass', End: true } }), '$.States.Work.Type'],
    ['another resource', work({ Resource: 'arn:aws:states:::sqs:sendMessage' }), '$.States.Work.Resource'],
    [
      'another parameter',
      work({ Parameters: { FunctionName: '${WorkArn}', Payload: {}, Qualifier: '1' } }),
      '"Qualifier"',
    ],
    [
      'a function by its address',
      work({ Parameters: { FunctionName: 'arn:aws:lambda', Payload: {} } }),
      'FunctionName',
    ],
    [
      'a constant in a payload',
      work({ Parameters: { FunctionName: '${WorkArn}', Payload: { a: 'b' } } }),
      'Payload.a',
    ],
    [
      'an intrinsic function',
      work({ Parameters: { FunctionName: '${WorkArn}', Payload: { 'a.$': 'States.UUID()' } } }),
      'must be a path',
    ],
    [
      'a part of the context',
      work({ Parameters: { FunctionName: '${WorkArn}', Payload: { 'a.$': '$$.State.Name' } } }),
      'must be a path',
    ],
    ['a path with a filter', work({ OutputPath: '$.a[0]' }), '$.States.Work.OutputPath: must be a path'],
    ['an error of AWS it does not raise', retry({ ErrorEquals: ['States.Permissions'] }), 'ErrorEquals[0]'],
    ['no error at all', retry({ ErrorEquals: [] }), 'ErrorEquals'],
    [
      'States.ALL beside another',
      retry({ ErrorEquals: ['States.ALL', 'A'] }),
      'States.ALL must stand alone, and last',
    ],
    [
      'States.ALL before another',
      retry({ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }),
      'Retry[0].ErrorEquals',
    ],
    [
      'a longest pause under the first',
      retry({ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 }),
      'MaxDelaySeconds',
    ],
    ['a rate under one', retry({ ErrorEquals: ['A'], BackoffRate: 0.5 }), 'BackoffRate'],
    ['a pause of nothing', retry({ ErrorEquals: ['A'], IntervalSeconds: 0 }), 'IntervalSeconds'],
    ['a fraction of an attempt', retry({ ErrorEquals: ['A'], MaxAttempts: 1.5 }), 'MaxAttempts'],
    [
      'a task without a time-out',
      work({ TimeoutSeconds: undefined }),
      'either TimeoutSeconds or TimeoutSecondsPath',
    ],
    ['a task with two', work({ TimeoutSecondsPath: '$.a' }), 'either TimeoutSeconds or TimeoutSecondsPath'],
    [
      'a token that is not handed over',
      refusalOf({ Hold: callback({ Parameters: task()['Parameters'] }) }),
      'must pass $$.Task.Token',
    ],
    ['a token nobody waits for', work({ Parameters: callback()['Parameters'] }), 'only there'],
    [
      'a wait until a time',
      refusalOf({ Pause: { Type: 'Wait', Timestamp: '2026-11-24T12:00:00Z', End: true } }),
      '"Timestamp"',
    ],
    [
      'a wait of nothing',
      refusalOf({ Pause: { Type: 'Wait', Seconds: 0, End: true } }),
      '$.States.Pause.Seconds',
    ],
    ['neither Next nor End', work({ End: undefined }), '$.States.Work: must have either Next or End'],
    ['both Next and End', work({ Next: 'Work', End: true }), 'must have either Next or End'],
    ['a choice of nothing', refusalOf({ Route: { Type: 'Choice', Choices: [] } }), '$.States.Route.Choices'],
    [
      'a start that is no state',
      refusalOf({ Work: task() }, { StartAt: 'Nowhere' }),
      '$.StartAt: there is no state Nowhere',
    ],
    ['a next that is no state', work({ Next: 'Nowhere' }), '$.States.Work.Next: there is no state Nowhere'],
    [
      'a catch to no state',
      work({ Catch: [{ ErrorEquals: ['A'], Next: 'Nowhere' }] }),
      '$.States.Work.Catch[0].Next',
    ],
    [
      'a state that cannot be reached',
      refusalOf({ Work: task(), Record: record }),
      '$.States.Record: cannot be reached',
    ],
    ['nothing', refusalOf({}), 'StartAt'],
  ])('for %s', (_what, message, expected) => {
    expect(message).toContain('The state machine cannot be run here:');
    expect(message).toContain(expected);
  });

  it.each([
    ['an unknown comparison', { Variable: '$.a', StringMatches: 'x*' }],
    ['two comparisons', { Variable: '$.a', StringEquals: 'x', NumericGreaterThan: 1 }],
    ['a variable alone', { Variable: '$.a' }],
    ['a Next inside', { Not: { Variable: '$.a', IsPresent: true, Next: 'Route' } }],
    ['a wrong type', { Variable: '$.a', IsPresent: 'yes' }],
    ['a fault deep down', { And: [{ Or: [{ Not: { Variable: '$.a', BooleanEquals: true } }] }] }],
  ])('for a choice with %s', (_what, rule) => {
    const message = refusalOf({ Route: { Type: 'Choice', Choices: [{ ...rule, Next: 'Route' }] } });
    expect(message).toContain('$.States.Route.Choices[0]');
  });

  it('for each function that is not there, by name, and for all faults at once', () => {
    expect(() => loadMachine(definition, ['grant-access', 'hold-access'])).toThrow(
      /no function ask-approvers[^]*no function revoke-access[^]*no function record-revoke-failed[^]*no function close-request/,
    );
  });

  it('unless it is the one of this project', () => {
    const names = [
      'ask-approvers',
      'grant-access',
      'hold-access',
      'revoke-access',
      'record-revoke-failed',
      'close-request',
    ];
    expect(Object.keys(loadMachine(definition, names).States)).toHaveLength(8);
  });
});
