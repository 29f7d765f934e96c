/** Curfew itself, as a table of contents: its functions, the workflow, the API, what makes the reconciler look, where events go. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config, Oidc } from '../shared/model/config.ts';
import { arnHere } from './arn.ts';
import type { Stage } from './config.ts';
import { addAlarmTopic } from './constructs/alarm-topic.ts';
import { ConfigLoad } from './constructs/config-load.ts';
import { EventFlow } from './constructs/event-flow.ts';
import { HttpApi } from './constructs/http-api.ts';
import { addPromiseAlarms } from './constructs/promise-alarms.ts';
import { ReconcileTriggers } from './constructs/reconcile-triggers.ts';
import { Workflow } from './constructs/workflow.ts';
import type { DataStack } from './data-stack.ts';
import { calledFunctions, type CalledFunction } from './function-names.ts';
import { addCalledFunctions, addCarriers, addEntries, addStateFunctions } from './functions.ts';
import { live, names } from './names.ts';
import type { Place } from './statements.ts';

export interface AppStackProps extends StackProps {
  stage: Stage;
  config: Config;
  oidc: Oidc;
  data: DataStack;
  /** The folder with a folder of each function's bundle. */
  bundles: string;
  targetAccounts: string[];
  configDigest: string;
  deployedBy: string;
}

export class AppStack extends Stack {
  constructor(scope: Construct, id: string, props: AppStackProps) {
    // Without it access does not end: the stack is not destroyed by mistake.
    super(scope, id, { ...props, terminationProtection: props.stage.production });
    const { stage, data, oidc } = props;
    const topic = addAlarmTopic(this, stage);
    const place = placeOf(props);
    const given = { ...props, place, topic, tableName: data.table.tableName, busName: data.bus.eventBusName };

    const states = addStateFunctions(this, given);
    const workflow = new Workflow(this, 'workflow', { stage, functions: states });
    const { api, reconcile } = addEntries(this, given, workflow.startArn, addCalledFunctions(this, given));
    const { publish, notify, load } = addCarriers(this, given);

    const http = new HttpApi(this, 'http', { stage, oidc, app: api, topic });
    const triggers = new ReconcileTriggers(this, 'triggers', {
      stage,
      reconcile,
      machineArn: place.machineArn,
    });
    const events = new EventFlow(this, 'events', {
      stage,
      table: data.table,
      bus: data.bus,
      publish,
      notify,
      topic,
    });
    const config = new ConfigLoad(this, 'config', {
      load,
      digest: props.configDigest,
      deployedBy: props.deployedBy,
    });
    // Last: whatever else fails, nobody has met a configuration that is rolled back.
    config.node.addDependency(http, workflow, triggers, events, reconcile, publish, notify);
    addPromiseAlarms(this, { stage, recordRevokeFailed: states['record-revoke-failed'], topic });

    const outputs = {
      ApiUrl: http.url,
      MachineArn: workflow.startArn,
      SecretPrefix: place.secretPrefix,
      TableName: names.main(stage),
      BusName: names.main(stage),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

/** By names where a reference would go in a circle: the machine calls functions that wake the machine. */
function placeOf({ stage, config, data, targetAccounts }: AppStackProps): Place {
  return {
    tableArn: data.table.tableArn,
    streamArn: data.table.tableStreamArn ?? '',
    keyArn: data.key.keyArn,
    busArn: data.bus.eventBusArn,
    machineArn: arnHere('states', `stateMachine:${names.machine(stage)}`),
    calledArns: Object.fromEntries(
      calledFunctions.map((name) => [
        name,
        arnHere('lambda', `function:${names.function(stage, name)}:${live}`),
      ]),
    ) as Record<CalledFunction, string>,
    queueArn: arnHere('sqs', names.halfway(stage)),
    secretPrefix: names.secretPrefix(stage),
    installation: config.installation,
    targetAccounts,
  };
}
