/** A DynamoDB table for a test, as shared/aws/dynamo-schema.ts has it, under a name of its own; the stack's template is tested against the same. */
import { randomBytes } from 'node:crypto';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { attributesOf, globalIndexes, tableKeys } from '../../shared/aws/dynamo-schema.ts';

export interface MadeTable {
  tableName: string;
  drop(): Promise<void>;
}

/** Ready to be used when it resolves: an emulator makes tables at once. */
export async function makeTable(client: DynamoDBClient): Promise<MadeTable> {
  const tableName = `curfew-test-${randomBytes(8).toString('hex')}`;
  await client.send(new CreateTableCommand(tableDefinition(tableName)));
  return {
    tableName,
    async drop() {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
    },
  };
}

function tableDefinition(TableName: string): CreateTableCommandInput {
  const all = [tableKeys, ...globalIndexes.map(attributesOf)];
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: all
      .flatMap(({ partition, sort }) => [partition, sort])
      .map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keySchema(tableKeys),
    GlobalSecondaryIndexes: globalIndexes.map((IndexName) => ({
      IndexName,
      KeySchema: keySchema(attributesOf(IndexName)),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  };
}

function keySchema({ partition, sort }: { partition: string; sort: string }) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}
