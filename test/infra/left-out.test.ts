/** The emulator's stage is production without what the list names, and two stages live in one account. */
import { describe, expect, it } from 'vitest';
import { stages } from '../../config/stages.ts';
import { type Leavable, leftOut } from '../../infra/left-out.ts';
import { names } from '../../infra/names.ts';
import { ofType, resolver } from './resolve.ts';
import { type Resource, stageOf, synth, type Synthesised, type Template } from './synth.ts';

const production = synth(stageOf('production'));
const emulator = synth(stageOf('emulator'));

/** What each entry of the list is made of, by type. */
const madeOf: Record<Leavable, string[]> = {
  'event-archive': ['AWS::Events::Archive'],
  'machine-version': ['AWS::StepFunctions::StateMachineVersion', 'AWS::StepFunctions::StateMachineAlias'],
};

const leftOutOf = {
  data: madeOf['event-archive'],
  app: madeOf['machine-version'],
};

describe('the stage of the emulator', () => {
  it('leaves out what the list says, all of it', () => {
    expect([...stages.emulator.leaveOut].toSorted()).toEqual(Object.keys(leftOut).toSorted());
    expect(Object.keys(madeOf)).toEqual(Object.keys(leftOut));
  });

  it.each(['data', 'app', 'target'])('is production without the list, resource by resource: %s', (part) => {
    const full = comparable(production, part);
    const less = comparable(emulator, part);
    const missing = [...full].filter(([id]) => !less.has(id)).map(([, { Type }]) => Type);
    const { data, app } = leftOutOf;
    expect(missing.toSorted()).toEqual((part === 'data' ? data : part === 'app' ? app : []).toSorted());
    for (const [id, resource] of less) expect(resource, id).toEqual(full.get(id));
  });

  it('differs from production in what its own settings say, and in no other', () => {
    const settings = (stage: ReturnType<typeof stageOf>) => Object.entries({ ...stage, name: '' });
    const full = new Map(settings(stageOf('production')));
    const other = settings(stageOf('emulator')).filter(
      ([field, value]) => JSON.stringify(full.get(field as never)) !== JSON.stringify(value),
    );
    expect(other.map(([field]) => field).toSorted()).toEqual([
      'account',
      'deployBy',
      'leaveOut',
      'logRetentionDays',
      'production',
      'region',
    ]);
  });
});

describe('two stages in one account', () => {
  const staging = synth(stageOf('production', { name: 'staging' }));

  it.each(['data', 'app'])('give nothing of the %s stack the same name', (part) => {
    const mine = namesIn(production, part);
    const theirs = namesIn(staging, part);
    expect(mine.length).toBeGreaterThan(2);
    expect(theirs).toHaveLength(mine.length);
    expect(mine.filter((name) => theirs.includes(name))).toEqual([]);
  });

  it('read secrets and metrics of their own', () => {
    expect(names.secretPrefix({ name: 'staging' })).not.toBe(names.secretPrefix({ name: 'production' }));
    const overdue = (built: Synthesised) =>
      ofType(built.stacks['app'], 'AWS::CloudWatch::Alarm')
        .map(([, one]) => one.Properties)
        .find(({ MetricName }) => MetricName === 'RevocationOverdueSeconds')?.['Dimensions'];
    expect(overdue(staging)).not.toEqual(overdue(production));
  });
});

/** Without what a stage's own settings decide: its name, how long it keeps things, what its alias is called by. */
function comparable(built: Synthesised, part: string): Map<string, Resource> {
  const fill = resolver(built, part);
  const template = built.stacks[part] as Template;
  return new Map(
    Object.entries(template.Resources).map(([id, resource]) => [anonymous(id), neutral(fill, resource)]),
  );
}

function neutral(fill: (value: any) => any, resource: Resource): Resource {
  const filled = fill(resource);
  delete filled.DependsOn;
  delete filled.DeletionPolicy;
  delete filled.UpdateReplacePolicy;
  delete filled.Properties.RetentionInDays;
  // The bucket of the bootstrap: by a name that has the account in it, where the stage says which.
  delete filled.Properties.Code?.S3Bucket;
  if (resource.Type === 'AWS::DynamoDB::Table') delete filled.Properties.DeletionProtectionEnabled;
  // The alias of the machine is on the list: without it the machine itself is started.
  const text = anonymous(JSON.stringify(filled)).replaceAll('-grant:live"', '-grant"');
  return JSON.parse(text) as Resource;
}

/** Logical ids carry a hash of the stack's name where another stack's construct is in them, and versions one of the code. */
function anonymous(text: string): string {
  return text
    .replaceAll(/production|emulator/g, 'stage')
    .replaceAll(/000000000000|111111111111/g, 'hub')
    .replaceAll(/eu-(west|central)-1/g, 'region')
    .replaceAll(/(?<=[A-Za-z])[0-9A-Fa-f]{8,40}/g, '#');
}

function namesIn(built: Synthesised, part: string): string[] {
  const fill = resolver(built, part);
  return Object.values(built.stacks[part]?.Resources ?? {}).flatMap(({ Type, Properties }) =>
    Object.entries(Properties)
      .filter(
        ([key]) =>
          /^(.*Name|Name)$/.test(key) &&
          !/^(Alias|Function|Stage|Metric|EventBus)Name$/.test(key.replace(Type, '')),
      )
      .map(([key, value]) => `${Type} ${key} ${JSON.stringify(fill(value))}`)
      .filter((name) => !/"live"|"Tokens"|"\$default"/.test(name)),
  );
}
