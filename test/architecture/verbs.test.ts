/** The one-verb rule holds for every state and use case, and each part of it can fail. */
import { describe, expect, test } from 'vitest';
import { eventOf } from '../../shared/model/events.ts';
import { filesOf, readText } from './source.ts';
import { tasksOf, verbFaults } from './verbs.ts';

test('every state and use case is found by its verb, in every layer', () => {
  const tasks = tasksOf(JSON.parse(readText('statemachines/grant.asl.json')));
  expect(tasks.map(({ verb }) => verb)).toContain('revoke-access');
  expect(verbFaults({ tasks, files: filesOf('**/*'), verbs: Object.keys(eventOf) })).toEqual([]);
});

describe('what is missing is named:', () => {
  const whole = {
    tasks: [{ state: 'RevokeAccess', verb: 'revoke-access' }],
    files: [
      'functions/revoke-access/handler.ts',
      'shared/usecases/revoke-access.ts',
      'test/usecases/revoke-access.test.ts',
      'shared/usecases/list-flows.ts',
      'test/usecases/list-flows.test.ts',
    ],
    verbs: ['revoke-access'],
  };

  test('nothing, where all is there', () => {
    expect(verbFaults(whole)).toEqual([]);
  });

  test.each(whole.files.filter((file) => !file.includes('list-flows.ts')))('%s', (missing) => {
    const faults = verbFaults({ ...whole, files: whole.files.filter((file) => file !== missing) });
    expect(faults).not.toEqual([]);
    expect(faults.every((fault) => fault.includes(missing))).toBe(true);
  });

  test('the event of a state', () => {
    expect(verbFaults({ ...whole, verbs: [] })[0]).toContain('the state RevokeAccess has no event');
  });

  test('the event of a use case that is no state', () => {
    const faults = verbFaults({ ...whole, tasks: [], verbs: [] });
    expect(faults).toEqual([expect.stringContaining('the use case revoke-access has no event')]);
  });

  test('the use case of an event', () => {
    const faults = verbFaults({ ...whole, verbs: ['revoke-access', 'close-request'] });
    expect(faults).toEqual(['the event of close-request has no shared/usecases/close-request.ts']);
  });

  test('the common word of a state and the function it calls', () => {
    const faults = verbFaults({ ...whole, tasks: [{ state: 'TakeAway', verb: 'revoke-access' }] });
    expect(faults).toEqual(['the state TakeAway calls revoke-access: they should be one word']);
  });
});

test('a task is read with the function that it calls', () => {
  const machine = {
    States: {
      Route: { Type: 'Choice' },
      AskApprovers: { Type: 'Task', Parameters: { FunctionName: '${AskApproversArn}' } },
      Strange: { Type: 'Task', Parameters: {} },
    },
  };
  expect(tasksOf(machine)).toEqual([
    { state: 'AskApprovers', verb: 'ask-approvers' },
    { state: 'Strange', verb: 'strange-unnamed' },
  ]);
});
