/** The Workflow port on Step Functions: executions of the one state machine, woken by their task tokens. */
import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { CurfewError } from '../model/errors.ts';
import type { Workflow } from '../ports.ts';
import { clientOptions } from './client-options.ts';
import { failureOf } from './failure.ts';

export interface SfnWorkflowOptions {
  /** Left out for functions that only wake. */
  machineArn?: string | undefined;
  client?: SFNClient;
}

/** Both throw `Throttled` or `Unavailable` when the SDK's own tries are used up. */
export function createSfnWorkflow({
  machineArn,
  client = new SFNClient(clientOptions),
}: SfnWorkflowOptions): Workflow {
  return {
    async start(name, input) {
      if (machineArn === undefined)
        throw new CurfewError(
          'Internal',
          'This function is deployed without MACHINE_ARN: it starts nothing.',
        );
      const command = new StartExecutionCommand({
        stateMachineArn: machineArn,
        name,
        input: JSON.stringify(input),
      });
      await client.send(command).catch((error: unknown) => {
        // The seconds left differ between two starts, so the service does not see that they are one.
        if (!(error instanceof ExecutionAlreadyExists))
          throw failureOf(error, 'Unavailable', `The execution ${name} cannot be started`);
      });
    },
    async wake(token, step) {
      const command = new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(step) });
      return client.send(command).then(
        () => true,
        (error: unknown) => {
          if (isGone(error)) return false;
          throw failureOf(error, 'Unavailable', 'The execution cannot be woken');
        },
      );
    },
  };
}

function isGone(error: unknown): boolean {
  return error instanceof TaskDoesNotExist || error instanceof TaskTimedOut || error instanceof InvalidToken;
}
