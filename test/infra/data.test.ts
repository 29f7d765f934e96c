/** The stack that keeps the records: how they are kept, and what happens to them when it is destroyed. */
import { describe, expect, it } from 'vitest';
import { indexNames } from '../../shared/model/keys.ts';
import { ofType } from './resolve.ts';
import { stageOf, synth, type Synthesised } from './synth.ts';

const production = synth(stageOf('production'));
const emulator = synth(stageOf('emulator'));

const one = (built: Synthesised, type: string) => {
  const found = ofType(built.stacks['data'], type);
  expect(found).toHaveLength(1);
  return found[0]![1];
};

describe('the table', () => {
  const { Properties: table } = one(production, 'AWS::DynamoDB::Table');

  it('has the keys and the indexes that the engine uses', () => {
    const keyOf = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ];
    expect(table['KeySchema']).toEqual(keyOf('pk', 'sk'));
    expect(table['GlobalSecondaryIndexes']).toEqual(
      indexNames.map((name) => ({
        IndexName: name,
        KeySchema: keyOf(`${name}_p`, `${name}_r`),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    );
  });

  it('is paid by use, can be restored to any second, and cannot be deleted', () => {
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  it('comes last: what is protected from deletion cannot be taken back when something else fails', () => {
    const { Resources } = production.stacks['data']!;
    const others = Object.entries(Resources).filter(([, { Type }]) => Type !== 'AWS::DynamoDB::Table');
    expect(one(production, 'AWS::DynamoDB::Table').DependsOn?.toSorted()).toEqual(
      others.map(([id]) => id).toSorted(),
    );
  });

  it('is encrypted with a key of the account, which is renewed each year', () => {
    expect(table['SSESpecification']).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
    expect(one(production, 'AWS::KMS::Key').Properties['EnableKeyRotation']).toBe(true);
  });

  it('streams what is written', () => {
    expect(table['StreamSpecification']).toEqual({ StreamViewType: 'NEW_IMAGE' });
  });
});

describe('what holds records', () => {
  const types = ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::Events::EventBus'];

  it.each([...types, 'AWS::Events::Archive'])('%s stays in production when the stack goes', (type) => {
    expect(one(production, type)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it.each(types)('%s goes with the stack of the emulator', (type) => {
    // A bus has no policy of its own: it goes.
    expect(['Delete', undefined]).toContain(one(emulator, type).DeletionPolicy);
  });

  it('can be deleted on the emulator, and not in production', () => {
    expect(one(emulator, 'AWS::DynamoDB::Table').Properties['DeletionProtectionEnabled']).toBe(false);
    const protection = (built: Synthesised) =>
      built.app.node.children.map((stack: any) => [stack.stackName, stack.terminationProtection]);
    expect(protection(production)).toContainEqual(['curfew-production-data', true]);
    // Without the functions access would not end.
    expect(protection(production)).toContainEqual(['curfew-production-app', true]);
    expect(protection(emulator)).toContainEqual(['curfew-emulator-data', false]);
  });

  it.each(['data', 'app'])('no log of the %s stack goes in production', (part) => {
    for (const [, log] of ofType(production.stacks[part], 'AWS::Logs::LogGroup'))
      expect(log).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        Properties: { RetentionInDays: 90 },
      });
  });
});

describe('the archive', () => {
  it('keeps what went over the bus for more than a year', () => {
    const { Properties } = one(production, 'AWS::Events::Archive');
    expect(Properties).toMatchObject({ RetentionDays: 400 });
  });
});
