/** The deployed stack from the operator's side: clients with every right in its account, and what things are called there. */
import { DynamoDBClient, DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { type Key, keys } from '../../../shared/model/keys.ts';
import { until } from '../../support/until.ts';

export const deployed = inject('deployed');
export const accountOfHub = deployed.outputs.MachineArn.split(':')[4] ?? '';
const options = { endpoint: deployed.endpoint, region: deployed.region, credentials: deployed.hub };

export const dynamo = new DynamoDBClient(options);
export const events = new EventBridgeClient(options);
export const sfn = new SFNClient(options);

/** The execution of a grant; `run` 1 is the first that the reconciler started anew. */
export function executionArn(grantId: string, run = 0): string {
  const name = run === 0 ? grantId : `${grantId}-r${run}`;
  return `${deployed.outputs.MachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

export async function stopExecution(grantId: string): Promise<void> {
  await sfn.send(new StopExecutionCommand({ executionArn: executionArn(grantId), cause: 'a test' }));
}

/** An item's own JSON, as the table has it. */
export async function itemOf(key: Key): Promise<Record<string, any> | undefined> {
  const command = new GetItemCommand({
    TableName: deployed.outputs.TableName,
    Key: named(key),
    ConsistentRead: true,
  });
  const { Item } = await dynamo.send(command);
  return Item && (JSON.parse(Item['data']?.S ?? '{}') as Record<string, any>);
}

/** The callback of the wait that the grant is in is lost: whoever wants to wake it finds no token. */
export async function loseWake(grantId: string): Promise<void> {
  const key = keys.token(grantId);
  await until(async () => (await itemOf(key)) !== undefined, 20, 500);
  await dynamo.send(new DeleteItemCommand({ TableName: deployed.outputs.TableName, Key: named(key) }));
}

function named({ pk, sk }: Key) {
  return { pk: { S: pk }, sk: { S: sk } };
}
