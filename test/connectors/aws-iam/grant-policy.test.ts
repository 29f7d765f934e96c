/** What a role made for a grant may do, and until when. */
import { describe, expect, test } from 'vitest';
import { boundaryOpen } from '../../../shared/connectors/aws-iam/boundary.ts';
import { grantPolicy, trustNobody, trustOf } from '../../../shared/connectors/aws-iam/grant-policy.ts';
import { account, administrator, decide } from './simulate.ts';

const end = new Date('2026-12-01T13:00:00.000Z');
const before = { 'aws:CurrentTime': '2026-12-01T12:59:59Z' };
const at = { 'aws:CurrentTime': '2026-12-01T13:00:00Z' };
const after = { 'aws:CurrentTime': '2026-12-31T00:00:00Z' };
const reports = 'arn:aws:s3:::reports';
const read = grantPolicy(end, { buckets: ['reports', 'bills'], access: 'read' });
const write = grantPolicy(end, { buckets: ['reports'], access: 'write' });

const asks = (policy: typeof read, action: string, resource: string, context = before) =>
  decide({ action, resource, policies: [policy], boundary: boundaryOpen, context });

describe('reading buckets', () => {
  test.each([
    ['s3:GetObject', `${reports}/a/b`],
    ['s3:GetObjectVersion', `${reports}/a`],
    ['s3:ListBucket', reports],
    ['s3:GetBucketLocation', reports],
    ['s3:GetObject', 'arn:aws:s3:::bills/a'],
  ])('allows %s on %s until its end, and not from then on', async (action, resource) => {
    expect(await asks(read, action, resource)).toBe('Allowed');
    expect(await asks(read, action, resource, at)).toBe('ExplicitlyDenied');
    expect(await asks(read, action, resource, after)).toBe('ExplicitlyDenied');
  });

  test.each([
    ['s3:PutObject', `${reports}/a`],
    ['s3:DeleteObject', `${reports}/a`],
    ['s3:GetObject', 'arn:aws:s3:::reports-of-others/a'],
    ['s3:ListBucket', 'arn:aws:s3:::others'],
    ['s3:DeleteBucket', reports],
  ])('does not allow %s on %s', async (action, resource) => {
    expect(await asks(read, action, resource)).toBe('ImplicitlyDenied');
  });
});

describe('writing to buckets', () => {
  test.each([
    ['s3:PutObject', `${reports}/a`],
    ['s3:DeleteObject', `${reports}/a`],
    ['s3:AbortMultipartUpload', `${reports}/a`],
    ['s3:GetObject', `${reports}/a`],
    ['s3:ListBucket', reports],
  ])('allows %s on %s until its end, and not from then on', async (action, resource) => {
    expect(await asks(write, action, resource)).toBe('Allowed');
    expect(await asks(write, action, resource, at)).toBe('ExplicitlyDenied');
  });

  test.each([
    ['s3:PutBucketPolicy', reports, 'ExplicitlyDenied'],
    ['s3:DeleteBucket', reports, 'ImplicitlyDenied'],
    ['s3:PutObject', 'arn:aws:s3:::others/a', 'ImplicitlyDenied'],
    ['s3:DeleteObjectVersion', `${reports}/a`, 'ImplicitlyDenied'],
  ])('does not allow %s on %s', async (action, resource, decision) => {
    expect(await asks(write, action, resource)).toBe(decision);
  });
});

test('ends what policies attached beside it allow', async () => {
  const asked = { action: 'ec2:StopInstances', resource: `arn:aws:ec2:eu-central-1:${account}:instance/i-1`, policies: [administrator, grantPolicy(end)] }; // biome-ignore format: one line
  expect(await decide({ ...asked, context: before })).toBe('Allowed');
  expect(await decide({ ...asked, context: at })).toBe('ExplicitlyDenied');
});

test('ends at whole seconds, and never early', () => {
  const { Statement } = grantPolicy(new Date('2026-12-01T13:00:00.001Z'));
  expect(Statement[0]?.Condition).toEqual({
    DateGreaterThanEquals: { 'aws:CurrentTime': '2026-12-01T13:00:01Z' },
  });
});

describe('trust', () => {
  const mia = `arn:aws:iam::${account}:user/mia`;
  const role = `arn:aws:iam::${account}:role/curfew/local-gr_1`;
  const assume = (resourcePolicy: unknown, principal: string) =>
    decide({
      action: 'sts:AssumeRole',
      resource: role,
      policies: [administrator],
      resourcePolicy,
      principal,
    });

  test('lets the grantee in, and nobody else', async () => {
    expect(await assume(trustOf(mia), mia)).toBe('Allowed');
    for (const other of [`arn:aws:iam::${account}:user/ben`, `arn:aws:iam::333344445555:user/mia`])
      expect(await assume(trustOf(mia), other)).toMatch(/Denied$/);
  });

  test('lets nobody in before the grant is whole', async () => {
    expect(await assume(trustNobody, mia)).toBe('ExplicitlyDenied');
  });
});
