/** What each role may do, written down a second time, action by action. What is not here is denied. */
import { describe, expect, it } from 'vitest';
import { functionNames } from '../../infra/function-names.ts';
import { hub, ofType, resolver, type Statement, statementsOf } from './resolve.ts';
import { awsIntegration, configInput, stageOf, synth, targetAccount } from './synth.ts';

const built = synth(stageOf('production'));
const fill = resolver(built, 'app');
const roles = new Map(
  ofType(built.stacks['app'], 'AWS::IAM::Role').map(([, { Properties }]) => [
    String(Properties['RoleName']),
    (Properties['Policies'] as { PolicyDocument: unknown }[]).flatMap(({ PolicyDocument }) =>
      statementsOf(fill, PolicyDocument),
    ),
  ]),
);

const table = 'table/curfew-production';
const onTable = (...actions: string[]) => actions.map((action) => `dynamodb:${action} ${table}`);
const key = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
].map((action) => `kms:${action} key/of-the-table by dynamodb`);
const written = onTable('PutItem', 'DeleteItem', 'ConditionCheckItem');
const searched = ['due', 'created', 'grantee', 'place', 'flow', 'approver', 'waiting', 'outbox'].map(
  (index) => `dynamodb:Query ${table}/index/${index}`,
);
/** Who somebody is: they are one partition. */
const people = [...onTable('GetItem', 'Query'), ...key];
const wake = 'states:SendTaskSuccess stateMachine:curfew-production-grant';
const start = 'states:StartExecution stateMachine:curfew-production-grant';
const secrets = 'secretsmanager:GetSecretValue secret:curfew/production/*';
const become = (...duties: string[]) =>
  duties.map((duty) => `sts:AssumeRole arn:aws:iam::${targetAccount}:role/curfew/connector/local-${duty}`);
const call = (name: string) => `lambda:InvokeFunction function:curfew-production-${name}:live`;
const takes = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map(
  (action) => `sqs:${action} curfew-production-reconcile-halfway`,
);

/** The rights of each function, besides writing its own log, its traces and its own dead letters. */
const expected: Record<(typeof functionNames)[number], string[]> = {
  api: [
    ...onTable('GetItem', 'Query', 'BatchGetItem'),
    ...written,
    ...searched,
    ...key,
    wake,
    start,
    ...['extend-access', 'issue-credentials', 'check-integration'].map(call),
  ],
  'extend-access': [...people, ...written, wake, secrets, ...become('reader', 'extender', 'revoker')],
  'issue-credentials': [...people, ...written, secrets, ...become('reader')],
  'check-integration': [...people, secrets, ...become('reader', 'extender', 'revoker')],
  'ask-approvers': [...onTable('GetItem'), ...written, ...key, wake],
  'grant-access': [...people, ...written, secrets, ...become('reader', 'granter', 'revoker')],
  'hold-access': [...onTable('GetItem'), ...written, ...key, wake],
  'revoke-access': [...onTable('GetItem'), ...written, ...key, secrets, ...become('reader', 'revoker')],
  'record-revoke-failed': [...onTable('GetItem'), ...written, ...key],
  'close-request': [...onTable('GetItem'), ...written, ...key],
  reconcile: [
    ...onTable('GetItem', 'Query', 'BatchGetItem'),
    ...written,
    ...searched,
    ...key,
    wake,
    start,
    secrets,
    ...become('reader', 'granter', 'revoker'),
    ...takes,
  ],
  'publish-events': [
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (action) => `dynamodb:${action} ${table}/stream/1`,
    ),
    'kms:Decrypt key/of-the-table by dynamodb',
    'kms:DescribeKey key/of-the-table by dynamodb',
    'events:PutEvents event-bus/curfew-production',
  ],
  notify: [],
  'load-config': [...onTable('GetItem', 'Query'), ...written, ...key],
};
const asynchronous = ['reconcile', 'publish-events', 'notify', 'load-config'];

describe('the role of each function', () => {
  it('is there for each function, and for the state machine', () => {
    expect([...roles.keys()].toSorted()).toEqual(
      [...functionNames.map((name) => `curfew-production-${name}`), 'curfew-production-machine'].toSorted(),
    );
  });

  it.each(functionNames)('%s may do what its row says, and nothing else', (name) => {
    const own = [
      `logs:CreateLogStream log-group:/curfew/production/${name}:log-stream:*`,
      `logs:PutLogEvents log-group:/curfew/production/${name}:log-stream:*`,
      'xray:PutTraceSegments *',
      'xray:PutTelemetryRecords *',
      ...(asynchronous.includes(name) ? [`sqs:SendMessage curfew-production-${name}-dead`] : []),
    ];
    expect(allowed(`curfew-production-${name}`)).toEqual([...own, ...expected[name]].toSorted());
  });

  it('lets the state machine call exactly the six functions of its states', () => {
    const calls = allowed('curfew-production-machine').filter((line) => line.startsWith('lambda:'));
    expect(calls).toEqual(
      [
        'ask-approvers',
        'close-request',
        'grant-access',
        'hold-access',
        'record-revoke-failed',
        'revoke-access',
      ].map((name) => `lambda:InvokeFunction function:curfew-production-${name}:live`),
    );
    expect(allowed('curfew-production-machine').filter((line) => !/^(lambda|xray|logs):/.test(line))).toEqual(
      [],
    );
  });
});

describe('nobody', () => {
  const who = (action: RegExp) =>
    [...roles.keys()]
      .filter((role) => allowed(role).some((line) => action.test(line)))
      .map((role) => role.replace('curfew-production-', ''))
      .toSorted();

  it('but the granting functions can grant', () => {
    expect(who(/-granter$/)).toEqual(['grant-access', 'reconcile']);
    expect(who(/-extender$/)).toEqual(['check-integration', 'extend-access']);
  });

  it('has a right on IAM itself, not even the API', () => {
    expect(who(/^iam:/)).toEqual([]);
  });

  it('reaches a target from the API: it becomes no role there and reads no secret', () => {
    expect(
      allowed('curfew-production-api').filter((line) => /^(sts|secretsmanager|iam):/.test(line)),
    ).toEqual([]);
  });

  it('but the API calls another function: three of them, by their aliases', () => {
    expect(who(/^lambda:/)).toEqual(['api', 'machine']);
  });

  it('but API and reconciler starts executions, and nobody stops one', () => {
    expect(who(/^states:StartExecution/)).toEqual(['api', 'reconcile']);
    expect(who(/^states:(StopExecution|SendTaskFailure|RedriveExecution)/)).toEqual([]);
  });

  it('reads the history of executions, which holds task tokens', () => {
    expect(who(/^states:(GetExecutionHistory|DescribeExecution|ListExecutions)/)).toEqual([]);
  });

  it('but those that call targets reads secrets, and nobody changes one', () => {
    expect(who(/^secretsmanager:/)).toEqual([
      'check-integration',
      'extend-access',
      'grant-access',
      'issue-credentials',
      'reconcile',
      'revoke-access',
    ]);
    expect(who(/^secretsmanager:(?!GetSecretValue )/)).toEqual([]);
  });

  it('but the publisher puts events', () => {
    expect(who(/^events:/)).toEqual(['publish-events']);
  });

  it('scans, deletes or alters the table', () => {
    expect(who(/^dynamodb:(Scan|DeleteTable|UpdateTable|CreateTable|BatchWriteItem|Partiql.*) /)).toEqual([]);
  });

  it('is given an action by a pattern, or denied one', () => {
    for (const statement of [...roles.values()].flat()) {
      expect(statement.Effect).toBe('Allow');
      for (const action of statement.Action) expect(action).not.toContain('*');
    }
  });

  it('but its own service takes on a role of Curfew', () => {
    for (const [, { Properties }] of ofType(built.stacks['app'], 'AWS::IAM::Role')) {
      const trust = statementsOf(fill, Properties['AssumeRolePolicyDocument']);
      const service = Properties['RoleName'] === 'curfew-production-machine' ? 'states' : 'lambda';
      expect(trust).toHaveLength(1);
      expect(trust[0]).toMatchObject({
        Action: ['sts:AssumeRole'],
        Principal: { Service: `${service}.amazonaws.com` },
      });
    }
  });

  it('gets more by a policy beside its role', () => {
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::UserPolicy'])
      expect(ofType(built.stacks['app'], type)).toEqual([]);
  });
});

describe('a configuration with other targets', () => {
  it('gives rights in no account when it has none', () => {
    const { stacks } = synth(stageOf('production'), {
      ...configInput,
      integrations: configInput.integrations.slice(0, 1),
    });
    expect(JSON.stringify(stacks['app'])).not.toContain('connector');
    expect(Object.keys(stacks).toSorted()).toEqual(['app', 'data']);
  });

  it('gives them in each account, and still in one whose integration has left', () => {
    const stage = stageOf('production', { formerTargetAccounts: ['444444444444'] });
    const { stacks } = synth(stage, {
      ...configInput,
      integrations: [...configInput.integrations, awsIntegration('333333333333', 'prod')],
    });
    const text = JSON.stringify(stacks['app']);
    for (const account of [targetAccount, '333333333333', '444444444444'])
      expect(text).toContain(`arn:aws:iam::${account}:role/curfew/connector/local-revoker`);
    expect(Object.keys(stacks).toSorted()).toEqual(['app', 'data', 'target-prod', 'target-sandbox']);
  });
});

/** `action resource`, a line each, without what all ARNs of the hub begin with. */
function allowed(role: string): string[] {
  const statements = roles.get(role) ?? [];
  return statements.flatMap((one) => one.Action.flatMap((action) => linesOf(action, one))).toSorted();
}

function linesOf(action: string, { Resource, Condition }: Statement): string[] {
  const via = Condition?.['StringEquals']?.['kms:ViaService'];
  return Resource.map((resource) => {
    const short = resource.replace(new RegExp(`^arn:aws:[a-z]+:eu-central-1:${hub}:`), '');
    return `${action} ${short}${via === 'dynamodb.eu-central-1.amazonaws.com' ? ' by dynamodb' : ''}`;
  });
}
