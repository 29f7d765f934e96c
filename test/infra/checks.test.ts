/** What rule books say of the templates: cdk-nag, cfn-lint, and our own on what may be `*`. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { everyResource, widerInTargets } from '../../infra/reasons.ts';
import { findCfnLint } from './cfn-lint.ts';
import { ofType, resolver, statementsOf } from './resolve.ts';
import { stageOf, synth } from './synth.ts';

const vpc = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };
const alarms = { email: 'ops@example.com' };
const built = {
  production: synth(stageOf('production')),
  'production with everything': synth(stageOf('production', { vpc, alarms, account: '111111111111' })),
  laptop: synth(stageOf('laptop')),
};
const all = Object.entries(built);

describe('cdk-nag', () => {
  it.each(all)('finds nothing in %s that has no reason', (_name, { app }) => {
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map(({ ruleName, description }) => `${ruleName}: ${description}`)).toEqual([]);
  });

  it('would find a thing', () => {
    const { app, stacks } = synth(stageOf('production'));
    expect(Object.keys(stacks)).toContain('data');
    const table = app.node.findChild('curfew-production-data').node.findChild('Table').node
      .defaultChild as any;
    table.pointInTimeRecoverySpecification = undefined;
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-DDB3']);
  });
});

describe('cfn-lint', async () => {
  const cfnLint = await findCfnLint();

  it.skipIf(!cfnLint).each(all)('finds nothing in %s', (_name, { dir, stacks, app }) => {
    const files = app.node.children.filter(Stack.isStack).map((stack) => join(dir, stack.templateFile));
    expect(files).toHaveLength(Object.keys(stacks).length);
    // W3005: CDK itself says once more what a reference says already.
    const found = run(cfnLint!, ['--ignore-checks', 'W3005', '--', ...files]);
    expect(found).toBe('');
  });
});

describe('the templates', () => {
  it.each(all)('of %s speak of every resource only where a reason is written', (_name, synthesised) => {
    for (const part of Object.keys(synthesised.stacks)) {
      const fill = resolver(synthesised, part);
      for (const [id, { Properties }] of ofType(synthesised.stacks[part], 'AWS::IAM::Role'))
        for (const { PolicyDocument } of Properties['Policies'])
          for (const { Action, Resource } of statementsOf(fill, PolicyDocument)) {
            for (const action of Action) expect(action, id).not.toContain('*');
            if (Resource.includes('*'))
              for (const action of Action) expect(Object.keys(everyResource), id).toContain(action);
          }
    }
  });

  it('need every reason that is written', () => {
    const text = all.map(([, { stacks }]) => JSON.stringify(stacks)).join();
    for (const name of [...Object.keys(everyResource), ...Object.keys(widerInTargets)])
      expect(text).toContain(`"${name}"`);
    for (const reason of [...Object.values(everyResource), ...Object.values(widerInTargets)])
      expect(reason).toMatch(/^\S.{15,}\.$/);
  });

  it.each(all)('of %s hold no letter that CloudFormation would make a question mark', (_name, { stacks }) => {
    expect(JSON.stringify(stacks)).toMatch(/^[\x20-\x7e]*$/);
  });

  it.each(all)('of %s hold nobody’s address and no key', (_name, { stacks }) => {
    const text = JSON.stringify(stacks).replaceAll('ops@example.com', '');
    expect(/\w*@example\.com|BEGIN [A-Z ]*KEY/.exec(text)?.[0]).toBeUndefined();
  });
});

/** What a program says, whatever it ends with. */
function run(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
