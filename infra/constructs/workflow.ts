/**
 * The state machine: statemachines/grant.asl.json, word for word, with the alias of each function filled in. Executions start
 * by the machine's own alias and by that pin the version that they began with, for as long as a grant lives.
 */
import { Aws } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine, CfnStateMachineAlias, CfnStateMachineVersion } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import definition from '../../statemachines/grant.asl.json' with { type: 'json' };
import type { Stage } from '../config.ts';
import { type StateFunction, stateFunctions } from '../function-names.ts';
import { keeps } from '../left-out.ts';
import { live, names } from '../names.ts';
import { kept } from '../removal.ts';
import { acknowledge, everyResource } from '../reasons.ts';
import { addLog } from './log.ts';
import type { ServiceFunction } from './service-function.ts';

interface WorkflowProps {
  stage: Stage;
  functions: Record<StateFunction, ServiceFunction>;
}

export class Workflow extends Construct {
  readonly machine: CfnStateMachine;
  /** What to start: the alias, where the stage has it. */
  readonly startArn: string;

  constructor(scope: Construct, id: string, { stage, functions }: WorkflowProps) {
    super(scope, id);
    const arns = stateFunctions.map((name) => [name, functions[name].live.functionArn] as const);
    const log = addLog(this, stage, `/aws/vendedlogs/states/${names.machine(stage)}`);
    const role = this.role(
      stage,
      arns.map(([, arn]) => arn),
    );
    this.machine = new CfnStateMachine(this, 'Machine', {
      stateMachineName: names.machine(stage),
      stateMachineType: 'STANDARD',
      definitionString: JSON.stringify(definition),
      definitionSubstitutions: Object.fromEntries(arns.map(([name, arn]) => [substitutionOf(name), arn])),
      roleArn: role.roleArn,
      tracingConfiguration: { enabled: true },
      // Never with execution data: it holds task tokens.
      loggingConfiguration: {
        level: 'ERROR',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
      },
    });
    acknowledge(this.machine, {
      'AwsSolutions-SF1':
        'Errors alone are logged: the record of a grant is its events, and every transition is in the execution’s history.',
    });
    this.startArn = keeps(stage, 'machine-version')
      ? new MachineVersion(this, 'Version', this.machine).aliasArn
      : this.machine.attrArn;
  }

  /** Calls the six functions of its states, and nothing else. */
  private role(stage: Stage, functionArns: string[]): Role {
    const everywhere = [...tracingActions, ...deliveryActions];
    const role = new Role(this, 'Role', {
      roleName: names.machineRole(stage),
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        calls: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functionArns }),
            new PolicyStatement({ actions: everywhere, resources: ['*'] }),
          ],
        }),
      },
    });
    const reasons = [...new Set(everywhere.map((action) => everyResource[action]))];
    acknowledge(role, { 'AwsSolutions-IAM5[Resource::*]': reasons.join(' ') });
    return role;
  }
}

/** A version for each change of the machine. They are kept, since executions of a month ago still run by theirs. */
class MachineVersion extends Construct {
  readonly aliasArn: string;

  constructor(scope: Construct, id: string, machine: CfnStateMachine) {
    super(scope, id);
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: machine.attrArn,
      // Another revision replaces this resource, which makes a new version.
      stateMachineRevisionId: machine.attrStateMachineRevisionId,
    });
    version.applyRemovalPolicy(kept);
    const alias = new CfnStateMachineAlias(this, 'Alias', {
      name: live,
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
    this.aliasArn = alias.attrArn;
  }
}

/** `ask-approvers` -> `AskApproversArn`, as the file has it. */
function substitutionOf(name: StateFunction): string {
  return `${name.replaceAll(/(^|-)[a-z]/g, (start) => start.replace('-', '').toUpperCase())}Arn`;
}

const tracingActions = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];

const deliveryActions = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
