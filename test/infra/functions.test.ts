/** Each function as it is deployed: runtime, environment, log, dead letters, alarms, and who calls it. */
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { Env as api } from '../../functions/api/env.ts';
import { Env as askApprovers } from '../../functions/ask-approvers/env.ts';
import { Env as checkIntegration } from '../../functions/check-integration/env.ts';
import { Env as closeRequest } from '../../functions/close-request/env.ts';
import { Env as extendAccess } from '../../functions/extend-access/env.ts';
import { Env as grantAccess } from '../../functions/grant-access/env.ts';
import { Env as holdAccess } from '../../functions/hold-access/env.ts';
import { Env as issueCredentials } from '../../functions/issue-credentials/env.ts';
import { Env as loadConfig } from '../../functions/load-config/env.ts';
import { Env as notify } from '../../functions/notify/env.ts';
import { Env as publishEvents } from '../../functions/publish-events/env.ts';
import { Env as reconcile } from '../../functions/reconcile/env.ts';
import { Env as recordRevokeFailed } from '../../functions/record-revoke-failed/env.ts';
import { Env as revokeAccess } from '../../functions/revoke-access/env.ts';
import { type FunctionName, functionNames } from '../../infra/function-names.ts';
import { ofType, resolver } from './resolve.ts';
import { configInput, type Resource, stageOf, synth } from './synth.ts';

const envs: Record<FunctionName, z.ZodObject> = {
  api,
  'ask-approvers': askApprovers,
  'check-integration': checkIntegration,
  'close-request': closeRequest,
  'extend-access': extendAccess,
  'grant-access': grantAccess,
  'hold-access': holdAccess,
  'issue-credentials': issueCredentials,
  'load-config': loadConfig,
  notify,
  'publish-events': publishEvents,
  reconcile,
  'record-revoke-failed': recordRevokeFailed,
  'revoke-access': revokeAccess,
};

const vpc = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
const built = synth(stageOf('production'));
const app = built.stacks['app']!;
const fill = resolver(built, 'app');
const prefix = 'curfew-production-';
const functions = functionsOf(built.stacks['app']);

function functionsOf(template: typeof app | undefined): Map<string, Resource['Properties']> {
  return new Map(
    ofType(template, 'AWS::Lambda::Function').map(([, { Properties }]) => [
      String(Properties['FunctionName']).replace(prefix, ''),
      Properties,
    ]),
  );
}

const of = (name: string) => functions.get(name) as Resource['Properties'];
const environmentOf = (name: string) => fill(of(name)['Environment'].Variables) as Record<string, string>;

describe('every function', () => {
  it('is deployed', () => {
    expect([...functions.keys()].toSorted()).toEqual([...functionNames].toSorted());
  });

  it.each(functionNames)('%s runs on Node 24 and arm64, is traced, and has a log of its own', (name) => {
    expect(of(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
    expect(fill(of(name)['LoggingConfig'].LogGroup)).toBe(`/curfew/production/${name}`);
    expect(fill(of(name)['Role'])).toMatch(new RegExp(`:role/curfew-production-${name}$`));
  });

  it.each(functionNames)(
    '%s is given the environment that it asks for, and nothing else of Curfew',
    (name) => {
      const given = environmentOf(name);
      expect(envs[name].safeParse(given).error).toBeUndefined();
      const ours = Object.keys(given).filter((key) => !key.startsWith('POWERTOOLS_'));
      expect(ours.toSorted()).toEqual(Object.keys(envs[name].shape).toSorted());
      expect(given).toMatchObject({
        POWERTOOLS_SERVICE_NAME: `${prefix}${name}`,
        POWERTOOLS_METRICS_NAMESPACE: 'Curfew',
      });
    },
  );

  it.each(functionNames)('%s is called by its alias, which points at its present version', (name) => {
    const aliases = ofType(app, 'AWS::Lambda::Alias').filter(
      ([, { Properties }]) => fill(Properties['FunctionName']) === `${prefix}${name}`,
    );
    expect(aliases.map(([, { Properties }]) => Properties['Name'])).toEqual(['live']);
  });

  it('has less time than whoever waits for it', () => {
    const seconds = (name: string) => of(name)['Timeout'] as number;
    for (const name of [
      'ask-approvers',
      'grant-access',
      'hold-access',
      'revoke-access',
      'record-revoke-failed',
      'close-request',
    ])
      expect(seconds(name), name).toBeLessThan(90);
    expect(seconds('api')).toBeLessThan(30);
    // The API waits for them for 27 s.
    for (const name of ['extend-access', 'issue-credentials', 'check-integration'])
      expect(seconds(name), name).toBeLessThan(27);
  });

  it('reserves no concurrency unless the stage says so', () => {
    for (const [name, properties] of functions)
      expect(properties['ReservedConcurrentExecutions'], name).toBeUndefined();
    const reserved = synth(stageOf('production', { reservedConcurrency: { reconcile: 5 } }));
    const there = functionsOf(reserved.stacks['app']);
    expect(there.get('reconcile')?.['ReservedConcurrentExecutions']).toBe(5);
    expect(there.get('api')?.['ReservedConcurrentExecutions']).toBeUndefined();
  });

  it('stands in a network only where it calls targets and the stage has one', () => {
    for (const [name, properties] of functions) expect(properties['VpcConfig'], name).toBeUndefined();
    const there = functionsOf(synth(stageOf('production', { vpc })).stacks['app']);
    const inside = [...there].filter(([, properties]) => properties['VpcConfig'] !== undefined);
    expect(inside.map(([name]) => name).toSorted()).toEqual([
      'check-integration',
      'extend-access',
      'grant-access',
      'issue-credentials',
      'reconcile',
      'revoke-access',
    ]);
    expect(inside[0]?.[1]['VpcConfig']).toEqual({
      SubnetIds: vpc.subnetIds,
      SecurityGroupIds: vpc.securityGroupIds,
    });
  });
});

describe('what API and configuration come to', () => {
  it('tells the API whose tokens count', () => {
    expect(environmentOf('api')).toMatchObject({ ISSUER: 'https://login.example.com', AUDIENCE: 'curfew' });
  });

  it('tells those who act for people which group holds which right, and nobody else', () => {
    const told = functionNames.filter((name) => 'RIGHTS' in environmentOf(name));
    expect(told.toSorted()).toEqual(['api', 'check-integration', 'extend-access', 'issue-credentials']);
    for (const name of told) expect(environmentOf(name)['RIGHTS']).toBe(JSON.stringify(configInput.rights));
  });

  it('has the API call those who call targets by their aliases', () => {
    const arn = (name: string) =>
      expect.stringMatching(new RegExp(`:function:curfew-production-${name}:live$`)) as string;
    expect(environmentOf('api')).toMatchObject({
      EXTEND_ACCESS_ARN: arn('extend-access'),
      ISSUE_CREDENTIALS_ARN: arn('issue-credentials'),
      CHECK_INTEGRATION_ARN: arn('check-integration'),
    });
  });

  it('has executions started by the alias of the machine, so that they keep its version', () => {
    for (const name of ['api', 'reconcile'])
      expect(environmentOf(name)['MACHINE_ARN']).toMatch(/:stateMachine:curfew-production-grant:live$/);
  });

  it('loads the configuration after the function that carries it, and says who deployed', () => {
    const [, { Properties }] = ofType(app, 'Custom::CurfewConfiguration')[0]!;
    expect(fill(Properties['ServiceToken'])).toMatch(/:function:curfew-production-load-config:live$/);
    expect(Properties['DeployedBy']).toBe('ana');
    expect(Properties['ConfigDigest']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('loads it last: where anything else fails, nobody has met it', () => {
    const [, { DependsOn = [] }] = ofType(app, 'Custom::CurfewConfiguration')[0]!;
    for (const type of [
      'AWS::StepFunctions::StateMachine',
      'AWS::StepFunctions::StateMachineAlias',
      'AWS::ApiGatewayV2::Stage',
      'AWS::ApiGatewayV2::Route',
      'AWS::Events::Rule',
      'AWS::Lambda::EventSourceMapping',
    ])
      for (const [id] of ofType(app, type)) expect(DependsOn, type).toContain(id);
  });

  it('loads it again when it has changed, and only then', () => {
    const digest = (config = configInput) => {
      const { stacks } = synth(stageOf('production'), config);
      return ofType(stacks['app'], 'Custom::CurfewConfiguration')[0]![1].Properties['ConfigDigest'];
    };
    const changed = { ...configInput, flows: configInput.flows.slice(1) };
    expect(digest()).toBe(digest());
    expect(digest(changed)).not.toBe(digest());
  });
});
