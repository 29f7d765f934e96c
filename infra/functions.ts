/** The functions of the app stack: each with its own environment, time and memory; its rights are in rights.ts. Adding one begins here. */
import { join } from 'node:path';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import type { Env as ApiEnv } from '../functions/api/env.ts';
import type { Env as AskApproversEnv } from '../functions/ask-approvers/env.ts';
import type { Env as CheckIntegrationEnv } from '../functions/check-integration/env.ts';
import type { Env as CloseRequestEnv } from '../functions/close-request/env.ts';
import type { Env as ExtendAccessEnv } from '../functions/extend-access/env.ts';
import type { Env as GrantAccessEnv } from '../functions/grant-access/env.ts';
import type { Env as HoldAccessEnv } from '../functions/hold-access/env.ts';
import type { Env as IssueCredentialsEnv } from '../functions/issue-credentials/env.ts';
import type { Env as LoadConfigEnv } from '../functions/load-config/env.ts';
import type { Env as NotifyEnv } from '../functions/notify/env.ts';
import type { Env as PublishEventsEnv } from '../functions/publish-events/env.ts';
import type { Env as ReconcileEnv } from '../functions/reconcile/env.ts';
import type { Env as RecordRevokeFailedEnv } from '../functions/record-revoke-failed/env.ts';
import type { Env as RevokeAccessEnv } from '../functions/revoke-access/env.ts';
import type { Config, Oidc } from '../shared/model/config.ts';
import type { Stage } from './config.ts';
import { ServiceFunction, type ServiceFunctionProps } from './constructs/service-function.ts';
import type { CalledFunction, FunctionName, StateFunction } from './function-names.ts';
import { rights } from './rights.ts';
import { type Place, statementsFor } from './statements.ts';

export interface FunctionsProps {
  stage: Stage;
  config: Config;
  oidc: Oidc;
  place: Place;
  tableName: string;
  busName: string;
  /** The folder with a folder of each function's bundle. */
  bundles: string;
  topic: ITopic | undefined;
}

/** Calls targets: longer than a call of any connector, and shorter than the state machine waits for it. */
const calling = { timeoutSeconds: 75, callsTargets: true };
const quick = { timeoutSeconds: 30 };
const asynchronous = true;

/** Those behind the states of the workflow. */
export function addStateFunctions(
  scope: Construct,
  props: FunctionsProps,
): Record<StateFunction, ServiceFunction> {
  const { core, target } = environmentsOf(props);
  const add = adding(scope, props);
  return {
    'ask-approvers': add<typeof AskApproversEnv>('ask-approvers', core, quick),
    'grant-access': add<typeof GrantAccessEnv>('grant-access', target, calling),
    'hold-access': add<typeof HoldAccessEnv>('hold-access', core, quick),
    'revoke-access': add<typeof RevokeAccessEnv>('revoke-access', target, calling),
    'record-revoke-failed': add<typeof RecordRevokeFailedEnv>('record-revoke-failed', core, quick),
    'close-request': add<typeof CloseRequestEnv>('close-request', core, quick),
  };
}

/** Those that the API calls for a person. */
export function addCalledFunctions(
  scope: Construct,
  props: FunctionsProps,
): Record<CalledFunction, ServiceFunction> {
  const { target, rights: groups } = environmentsOf(props);
  const add = adding(scope, props);
  const environment = { ...target, ...groups };
  // Longer than a call of any connector, and shorter than the API waits (27 s, shared/aws/call-function.ts).
  const called = { ...calling, timeoutSeconds: 25 };
  return {
    'extend-access': add<typeof ExtendAccessEnv>('extend-access', environment, called),
    'issue-credentials': add<typeof IssueCredentialsEnv>('issue-credentials', environment, called),
    'check-integration': add<typeof CheckIntegrationEnv>('check-integration', environment, called),
  };
}

/** Those that start executions, or end what outlived its own. */
export function addEntries(
  scope: Construct,
  props: FunctionsProps,
  machineArn: string,
  called: Record<CalledFunction, ServiceFunction>,
) {
  const { core, target, rights: groups } = environmentsOf(props);
  const add = adding(scope, props);
  const MACHINE_ARN = machineArn;
  const api = {
    ...core,
    ...groups,
    MACHINE_ARN,
    ISSUER: props.oidc.issuer,
    AUDIENCE: props.oidc.audience,
    EXTEND_ACCESS_ARN: called['extend-access'].live.functionArn,
    ISSUE_CREDENTIALS_ARN: called['issue-credentials'].live.functionArn,
    CHECK_INTEGRATION_ARN: called['check-integration'].live.functionArn,
  };
  return {
    // An HTTP API waits for 30 s.
    api: add<typeof ApiEnv>('api', api, { timeoutSeconds: 29 }),
    reconcile: add<typeof ReconcileEnv>(
      'reconcile',
      { ...target, MACHINE_ARN },
      { ...calling, timeoutSeconds: reconcileSeconds, asynchronous },
    ),
  };
}

/** Many grants may be due at once. */
export const reconcileSeconds = 300;

/** Those that carry events away, and the one that loads the configuration. */
export function addCarriers(scope: Construct, props: FunctionsProps) {
  const add = adding(scope, props);
  return {
    publish: add<typeof PublishEventsEnv>(
      'publish-events',
      { BUS_NAME: props.busName },
      { ...quick, asynchronous },
    ),
    notify: add<typeof NotifyEnv>('notify', {}, { ...quick, asynchronous }),
    load: add<typeof LoadConfigEnv>(
      'load-config',
      { TABLE_NAME: props.tableName },
      { timeoutSeconds: 300, asynchronous },
    ),
  };
}

function environmentsOf({ tableName, config, place }: FunctionsProps) {
  const core = { TABLE_NAME: tableName, INSTALLATION: config.installation };
  return {
    core,
    target: { ...core, SECRET_PREFIX: place.secretPrefix },
    rights: { RIGHTS: JSON.stringify(config.rights) },
  };
}

type Options = Pick<ServiceFunctionProps<z.ZodType>, 'timeoutSeconds' | 'asynchronous' | 'callsTargets'>;

function adding(scope: Construct, { stage, place, bundles, topic }: FunctionsProps) {
  return <Env extends z.ZodType>(name: FunctionName, environment: z.input<Env>, options: Options) =>
    new ServiceFunction<Env>(scope, name, {
      stage,
      name,
      environment,
      bundle: join(bundles, name),
      statements: statementsFor(rights[name], place),
      topic,
      ...options,
    });
}
