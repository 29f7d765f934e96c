/** What must outlive everything else: the table with its key, and the bus with its archive. */
import { Duration, type RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { attributesOf, globalIndexes, tableKeys } from '../shared/aws/dynamo-schema.ts';
import type { Stage } from './config.ts';
import { keeps } from './left-out.ts';
import { names } from './names.ts';
import { removalOf } from './removal.ts';

interface DataStackProps extends StackProps {
  stage: Stage;
}

export class DataStack extends Stack {
  readonly table: Table;
  readonly key: Key;
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { stage, ...props }: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: stage.production });
    const removalPolicy = removalOf(stage);
    this.key = new Key(this, 'Key', {
      alias: `alias/${names.main(stage)}`,
      description: `The table of ${names.main(stage)}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    this.bus = new EventBus(this, 'Bus', { eventBusName: names.main(stage) });
    this.bus.applyRemovalPolicy(removalPolicy);
    const archive = keeps(stage, 'event-archive') ? [this.addArchive(stage, removalPolicy)] : [];
    this.table = this.addTable(stage, removalPolicy);
    // Last: protected as it is, it could not be taken back where the first deployment fails behind it.
    this.table.node.addDependency(this.key, this.bus, ...archive);
  }

  private addArchive(stage: Stage, removalPolicy: RemovalPolicy): Archive {
    const archive = new Archive(this, 'Archive', {
      archiveName: names.main(stage),
      sourceEventBus: this.bus,
      eventPattern: { source: ['curfew'] },
      retention: Duration.days(400),
    });
    archive.applyRemovalPolicy(removalPolicy);
    return archive;
  }

  private addTable(stage: Stage, removalPolicy: RemovalPolicy): Table {
    const table = new Table(this, 'Table', {
      tableName: names.main(stage),
      partitionKey: text(tableKeys.partition),
      sortKey: text(tableKeys.sort),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.production,
      stream: StreamViewType.NEW_IMAGE,
      removalPolicy,
    });
    for (const index of globalIndexes) {
      const { partition, sort } = attributesOf(index);
      table.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: text(partition),
        sortKey: text(sort),
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    return table;
  }
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}
