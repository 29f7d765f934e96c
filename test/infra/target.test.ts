/** What a target account gets: four roles, who may take on which, and the boundary that nobody's deployment changes. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hub, ofType, resolver, statementsOf } from './resolve.ts';
import { awsIntegration, configInput, stageOf, synth, targetAccount } from './synth.ts';

const built = synth(stageOf('production', { account: hub }));
const target = built.stacks['target'];
const fill = resolver(built, 'target');
const role = (name: string) =>
  ofType(target, 'AWS::IAM::Role').find(([, one]) => one.Properties['RoleName'] === name)![1].Properties;

const trusted: Record<string, string[]> = {
  'local-reader': [
    'extend-access',
    'issue-credentials',
    'check-integration',
    'grant-access',
    'revoke-access',
    'reconcile',
  ],
  'local-granter': ['grant-access', 'reconcile'],
  'local-extender': ['extend-access', 'check-integration'],
  'local-revoker': ['extend-access', 'check-integration', 'grant-access', 'revoke-access', 'reconcile'],
};

describe('the connector roles', () => {
  it('are these four, under the path of Curfew', () => {
    const all = ofType(target, 'AWS::IAM::Role').map(([, one]) => one.Properties);
    expect(all.map((one) => String(one['RoleName'])).toSorted()).toEqual(Object.keys(trusted).toSorted());
    for (const one of all) expect(one['Path']).toBe('/curfew/connector/');
  });

  it.each(Object.entries(trusted))(
    '%s is taken on by %s only, and with the external id',
    (name, functions) => {
      const statements = statementsOf(fill, role(name)['AssumeRolePolicyDocument']);
      expect(statements).toHaveLength(1);
      const [statement] = statements;
      expect(statement).toMatchObject({ Effect: 'Allow', Action: ['sts:AssumeRole'] });
      expect(statement?.Principal).toEqual({ AWS: `arn:aws:iam::${hub}:root` });
      const { StringEquals, ArnEquals, ...others } = statement?.Condition ?? {};
      expect(StringEquals).toEqual({ 'sts:ExternalId': [`curfew-example-${targetAccount}`] });
      expect([ArnEquals?.['aws:PrincipalArn'] ?? []].flat().toSorted()).toEqual(
        functions.map((one) => `arn:aws:iam::${hub}:role/curfew-production-${one}`).toSorted(),
      );
      expect(others).toEqual({});
    },
  );

  it('can none of them grant and revoke alike', () => {
    const may = (name: string) =>
      new Set(
        statementsOf(fill, role(name)['Policies'][0].PolicyDocument)
          .filter(({ Effect }) => Effect === 'Allow')
          .flatMap(({ Action }) => Action),
      );
    expect(may('local-granter')).toContain('iam:CreateRole');
    expect(may('local-granter')).not.toContain('iam:DeleteRole');
    expect(may('local-revoker')).toContain('iam:DeleteRole');
    for (const action of [
      'iam:CreateRole',
      'iam:AttachRolePolicy',
      'iam:AddUserToGroup',
      'iam:UpdateAssumeRolePolicy',
    ])
      expect(may('local-revoker')).not.toContain(action);
    expect([...may('local-reader')].filter((action) => !/^iam:(Get|List|Simulate)/.test(action))).toEqual([]);
    expect([...may('local-extender')]).toEqual(['iam:PutRolePolicy']);
  });

  it('act on groups that the configuration offers, and no other', () => {
    const granter = JSON.stringify(role('local-granter')['Policies']);
    expect(granter).toContain(`arn:aws:iam::${targetAccount}:group/report-admins`);
    expect(granter).not.toContain(':group/*');
  });

  it('trust whom the stage names besides', () => {
    const operator = `arn:aws:iam::${hub}:role/operator`;
    const { stacks } = synth(stageOf('production', { account: hub, trustedPrincipals: [operator] }));
    expect(JSON.stringify(stacks['target']).split(`"${operator}"`)).toHaveLength(5);
  });
});

describe('the hub account', () => {
  it('is a parameter of the stack, known already where the stage says it', () => {
    expect(target?.Parameters?.['HubAccount']).toMatchObject({
      Default: hub,
      AllowedPattern: String.raw`\d{12}`,
    });
    const open = synth(stageOf('production')).stacks['target'];
    expect(open?.Parameters?.['HubAccount']).not.toHaveProperty('Default');
  });
});

describe('the boundary', () => {
  const [[, boundary] = []] = ofType(target, 'AWS::IAM::ManagedPolicy');

  it('is the frozen document: another would be put as the default, and end a lock-down', () => {
    const text = JSON.stringify(boundary?.Properties['PolicyDocument']);
    expect(createHash('sha256').update(text).digest('hex')).toBe(frozen);
  });

  it('is named as the connector names it, and has nothing that CloudFormation would replace it for', () => {
    expect(Object.keys(boundary?.Properties ?? {}).toSorted()).toEqual([
      'ManagedPolicyName',
      'Path',
      'PolicyDocument',
    ]);
    expect(boundary?.Properties).toMatchObject({ ManagedPolicyName: 'curfew-boundary', Path: '/curfew/' });
  });

  it('stays when the stack goes: roles of grants carry it', () => {
    expect(boundary).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });
});

describe('several integrations', () => {
  it('of one account share its roles, each with its own external id', () => {
    const second = awsIntegration(targetAccount, 'sandbox2');
    second.target.externalId = 'curfew-second-integration';
    const { stacks } = synth(stageOf('production'), {
      ...configInput,
      integrations: [...configInput.integrations, second],
    });
    expect(Object.keys(stacks).toSorted()).toEqual(['app', 'data', 'target']);
    expect(JSON.stringify(stacks['target'])).toContain(
      JSON.stringify({ 'sts:ExternalId': [`curfew-example-${targetAccount}`, 'curfew-second-integration'] }),
    );
  });
});

describe('the stack', () => {
  const targetOf = (one: typeof built) =>
    one.app.node.children.find((stack: any) => stack.stackName.endsWith('-target'));

  it('of production is not destroyed by mistake: without its roles nothing is revoked', () => {
    expect(targetOf(built)).toMatchObject({ terminationProtection: true });
    expect(targetOf(synth(stageOf('laptop')))).toMatchObject({ terminationProtection: false });
  });
});

describe('the stage of a laptop', () => {
  const laptop = synth(stageOf('laptop'));

  it('is the target stack alone, for whichever account deploys it', () => {
    expect(Object.keys(laptop.stacks)).toEqual(['target']);
    expect(JSON.stringify(laptop.stacks['target'])).not.toMatch(/\d{12}/);
  });

  it('lets those of the account in that its own policies let, with the external id of the laptop', () => {
    const there = resolver(laptop, 'target');
    for (const [, { Properties }] of ofType(laptop.stacks['target'], 'AWS::IAM::Role'))
      expect(statementsOf(there, Properties['AssumeRolePolicyDocument'])).toMatchObject([
        {
          Principal: { AWS: `arn:aws:iam::${hub}:root` },
          Condition: { StringEquals: { 'sts:ExternalId': [`curfew-local-${hub}`] } },
        },
      ]);
  });
});

/** Of the document as it was first released. Never to be changed. */
const frozen = '576a46aef455f025c324db7ceb3b8d95b42d52105bf273662de6daeb1fdc7506';
