/** How an AWS account is configured: what is on offer, and which faults are told, by their path. */
import { describe, expect, test } from 'vitest';
import { isPrincipal, roleName, userNameOf } from '../../../shared/connectors/aws-iam/names.ts';
import { AwsIamTarget, groupsOf, meaningOf, offersOf } from '../../../shared/connectors/aws-iam/target.ts';

const target = {
  account: '222233334444',
  externalId: 'curfew-local-0123456789',
  region: 'eu-central-1',
  resources: {
    s3: {
      name: 'Storage',
      permissions: {
        read: { name: 'Read reports', buckets: ['reports'], access: 'read' },
        audit: { managedPolicies: ['arn:aws:iam::aws:policy/SecurityAudit', 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess'] }, // biome-ignore format: one line
      },
    },
    ops: { permissions: { member: { group: 'ops' }, again: { group: 'ops' } } },
  },
};

const faults = (change: object) => {
  const { error } = AwsIamTarget.safeParse({ ...target, ...change });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const permission = (offer: object) => faults({ resources: { r: { permissions: { p: offer } } } });

describe('a good target', () => {
  const parsed = AwsIamTarget.parse(target);

  test('offers roles of their own and memberships', () => {
    expect(offersOf(parsed)).toEqual([
      {
        resource: 's3',
        resourceName: 'Storage',
        permission: 'read',
        permissionName: 'Read reports',
        mode: 'account',
      },
      {
        resource: 's3',
        resourceName: 'Storage',
        permission: 'audit',
        permissionName: 'audit',
        mode: 'account',
      },
      {
        resource: 'ops',
        resourceName: 'ops',
        permission: 'member',
        permissionName: 'member',
        mode: 'membership',
      },
      {
        resource: 'ops',
        resourceName: 'ops',
        permission: 'again',
        permissionName: 'again',
        mode: 'membership',
      },
    ]);
    expect(groupsOf(parsed)).toEqual(['ops']);
  });

  test('says what a permission means, and refuses what is not on offer', () => {
    expect(meaningOf(parsed, 's3', 'read')).toEqual({ kind: 'role', managedPolicies: [], s3: { buckets: ['reports'], access: 'read' } }); // biome-ignore format: one line
    expect(meaningOf(parsed, 'ops', 'member')).toEqual({ kind: 'membership', group: 'ops' });
    for (const [
      resource,
      name,
    ] of [['s3', 'write'], ['nothing', 'read'], ['__proto__', 'read'], ['s3', 'constructor']] as const) // biome-ignore format: one line
      expect(() => meaningOf(parsed, resource, name)).toThrow(/has no/);
  });
});

describe('a bad target is refused by its path', () => {
  test.each([
    [{ account: 222233334444 }, /^account: /],
    [{ account: '22223333444' }, /^account: must be the 12 digits/],
    [{ externalId: 'short' }, /^externalId: must be 16-200/],
    [{ region: 'us-gov-west-1' }, /^region: must be a region of the partition aws/],
    [{ region: 'cn-north-1' }, /^region: must be a region of the partition aws/],
    [{ region: 'Frankfurt' }, /^region: must be a region/],
    [{ surprise: 1 }, /surprise/],
  ])('%j', (change, message) => {
    expect(faults(change)).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    [{}, /^resources\.r\.permissions\.p: must have one of/],
    [{ group: 'a', buckets: ['reports'], access: 'read' }, /must have one of/],
    [{ buckets: ['reports'] }, /\.access: must say read or write/],
    [{ group: 'ops', access: 'read' }, /\.access: is for buckets/],
    [{ buckets: ['reports', 'reports'], access: 'read' }, /\.buckets: names something twice/],
    [{ buckets: ['reports/2026'], access: 'read' }, /\.buckets\.0: must be the name of a bucket/],
    [{ buckets: ['*'], access: 'read' }, /\.buckets\.0: /],
    [
      { managedPolicies: ['arn:aws:iam::222233334444:policy/mine'] },
      /\.managedPolicies\.0: must be the ARN of an AWS managed/,
    ],
    [
      { managedPolicies: Array.from({ length: 11 }, (_, n) => `arn:aws:iam::aws:policy/P${n}`) },
      /\.managedPolicies: /,
    ],
    [{ group: 'path/ops' }, /\.group: must be the name of an IAM group/],
  ])('permission %j', (offer, message) => {
    expect(permission(offer)).toEqual([expect.stringMatching(message)]);
  });

  test('with more buckets than an inline policy can name', () => {
    const buckets = (count: number) =>
      Array.from(
        { length: count },
        (_, n) => `a-bucket-with-a-name-of-no-special-length-${String(n).padStart(6, '0')}`,
      );
    expect(permission({ buckets: buckets(70), access: 'write' })).toEqual([]);
    expect(permission({ buckets: buckets(80), access: 'write' })).toEqual([
      expect.stringMatching(/\.buckets: would need a policy of \d{5} characters, and IAM takes 10240/),
    ]);
  });
});

describe('who may be trusted', () => {
  test.each([
    'arn:aws:iam::222233334444:user/mia',
    'arn:aws:iam::999988887777:user/people/mia.x@example.com',
    'arn:aws:iam::222233334444:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Dev_0123456789abcdef',
    'arn:aws:sts::222233334444:assumed-role/Dev/mia@example.com',
  ])('%s may', (arn) => expect(isPrincipal(arn)).toBe(true));

  test.each([
    '*',
    '222233334444',
    'arn:aws:iam::222233334444:root',
    'arn:aws:iam::222233334444:user/*',
    'arn:aws:iam::222233334444:user/',
    'arn:aws:iam::222233334444:group/ops',
    'arn:aws:iam::*:user/mia',
    'arn:aws:sts::222233334444:assumed-role/Dev/*',
    'arn:aws:sts::222233334444:assumed-role/Dev',
    'arn:aws:sts:::assumed-role/Dev/mia',
    'arn:aws:iam::222233334444:user/mia", "*',
    'arn:aws:iam::222233334444:user/mia\n',
    'mia',
  ])('%j may not', (arn) => expect(isPrincipal(arn)).toBe(false));

  test('only users of the account itself can be put into its groups', () => {
    expect(userNameOf('arn:aws:iam::222233334444:user/mia', '222233334444')).toBe('mia');
    expect(userNameOf('arn:aws:iam::222233334444:user/a/b/mia', '222233334444')).toBe('mia');
    expect(userNameOf('arn:aws:iam::999988887777:user/mia', '222233334444')).toBeUndefined();
    expect(userNameOf('arn:aws:iam::222233334444:role/mia', '222233334444')).toBeUndefined();
  });
});

test('names of roles that IAM could not hold, or that would leave the path, are refused', () => {
  expect(roleName('local', 'gr_01k0000000000000000000000a')).toBe('local-gr_01k0000000000000000000000a');
  for (const id of ['', 'a/b', '../x', 'a b', 'a*', 'x'.repeat(60)])
    expect(() => roleName('local', id)).toThrow(/is no name for a role/);
  for (const duty of ['reader', 'granter', 'extender', 'revoker'])
    expect(() => roleName('local', duty)).toThrow(/connector/);
});
