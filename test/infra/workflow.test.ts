/** The state machine as it is deployed: the file itself, filled in, and the versions that executions keep to. */
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { errors } from '../../shared/model/errors.ts';
import file from '../../statemachines/grant.asl.json' with { type: 'json' };
import { hub, ofType, resolver } from './resolve.ts';
import { stageOf, synth } from './synth.ts';

const built = synth(stageOf('production'));
const app = built.stacks['app'];
const fill = resolver(built, 'app');
const [[machineId, machine] = []] = ofType(app, 'AWS::StepFunctions::StateMachine');
const properties = fill(machine!.Properties);

const definition = JSON.parse(
  properties.DefinitionString.replaceAll(
    /\$\{(\w+)\}/g,
    (_: string, name: string) => properties.DefinitionSubstitutions[name] ?? 'missing',
  ),
);
type Task = { Type: string; Parameters?: { FunctionName: string }; Retry?: Rule[]; Catch?: Rule[] };
type Rule = { ErrorEquals: string[] };
const tasks = Object.entries(definition.States as Record<string, Task>).filter(
  ([, { Type }]) => Type === 'Task',
);

describe('the state machine', () => {
  it('is the file, word for word', () => {
    expect(JSON.parse(properties.DefinitionString)).toEqual(file);
  });

  it('is valid once it is filled in', () => {
    const result = aslValidator(structuredClone(definition));
    expect(result.errorsText('\n')).toBe('');
    expect(result.isValid).toBe(true);
  });

  it('has a function behind every task: that of its name, by the alias that outlives versions', () => {
    expect(tasks).toHaveLength(6);
    for (const [name, { Parameters }] of tasks) {
      const folder = name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();
      expect(Parameters?.FunctionName).toBe(
        `arn:aws:lambda:eu-central-1:${hub}:function:curfew-production-${folder}:live`,
      );
    }
    expect(Object.keys(properties.DefinitionSubstitutions)).toHaveLength(6);
  });

  it('retries and catches errors of the catalogue only', () => {
    const named = tasks
      .flatMap(([, { Retry = [], Catch = [] }]) => [...Retry, ...Catch])
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((error) => !/^(States|Lambda|Sandbox)\./.test(error));
    expect(named.length).toBeGreaterThan(5);
    expect(Object.keys(errors)).toEqual(expect.arrayContaining(named));
  });

  it('logs errors alone and never what executions carry, which includes task tokens', () => {
    expect(properties.LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
    expect(properties.TracingConfiguration).toEqual({ Enabled: true });
  });

  it('keeps every version, and starts executions by an alias of the newest', () => {
    const [[versionId, version] = []] = ofType(app, 'AWS::StepFunctions::StateMachineVersion');
    expect(version).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    // Another revision of the machine replaces the resource: that is what makes a version for each change.
    expect(version?.Properties['StateMachineRevisionId']).toEqual({
      'Fn::GetAtt': [machineId, 'StateMachineRevisionId'],
    });
    const [[, alias] = []] = ofType(app, 'AWS::StepFunctions::StateMachineAlias');
    expect(alias?.Properties).toMatchObject({
      Name: 'live',
      RoutingConfiguration: [{ StateMachineVersionArn: { 'Fn::GetAtt': [versionId, 'Arn'] }, Weight: 100 }],
    });
  });
});
