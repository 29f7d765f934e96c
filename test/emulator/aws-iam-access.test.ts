/**
 * What a grant at an AWS account is worth to its grantee, and when it is worth nothing any more. Tried with a stock S3 client
 * and the credentials that the grantee gets by assuming the role with their own user's key.
 */
import { GetRoleCommand } from '@aws-sdk/client-iam';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Receipt } from '../../shared/model/grant.ts';
import { assume, settings } from '../support/aws-account.ts';
import { type AwsSubject, awsSubject, outcomeOf } from '../support/aws-subject.ts';
import { describeOnEmulator } from '../support/emulator.ts';

let subject: AwsSubject;

async function grant(permission: string, seconds?: number): Promise<Receipt> {
  const receipt = await subject.connector.prepare(subject.call(), subject.intent({ permission }));
  await subject.connector.grant(subject.call(), receipt, subject.end(seconds));
  return receipt;
}

/** Ana's session of the role, and an S3 client of it. */
async function session({ artefact }: Receipt): Promise<S3Client> {
  const keys = await assume(subject.account.ana.keys, artefact);
  return new S3Client({ ...settings(keys), maxAttempts: 1 });
}

const get = (s3: S3Client, bucket = subject.account.bucket) =>
  outcomeOf(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'report.txt' })));
const list = (s3: S3Client, bucket = subject.account.bucket) =>
  outcomeOf(s3.send(new ListObjectsV2Command({ Bucket: bucket })));
const put = (s3: S3Client, bucket = subject.account.bucket) =>
  outcomeOf(s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'new.txt', Body: 'new' })));
const remove = (s3: S3Client, bucket = subject.account.bucket) =>
  outcomeOf(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'new.txt' })));
const opened = (receipt: Receipt) => outcomeOf(session(receipt));

describeOnEmulator('a role made for a grant', () => {
  beforeAll(async () => {
    subject = await awsSubject('role');
  });
  afterEach(async () => {
    await subject.connector.unlock?.(subject.call());
    await subject.reset();
  });
  afterAll(() => subject.close());

  test('opens its bucket to the grantee while it is active', async () => {
    const s3 = await session(await grant('read'));
    expect([await get(s3), await list(s3)]).toEqual(['done', 'done']);
  });

  test('opens what an AWS managed policy allows', async () => {
    const s3 = await session(await grant('s3-read'));
    expect([await get(s3), await get(s3, subject.account.otherBucket)]).toEqual(['done', 'done']);
    expect(await put(s3)).toBe('denied');
  });

  test('lets a reader change nothing, and a writer change what is its own', async () => {
    const [reader, writer] = [await session(await grant('read')), await session(await grant('write'))];
    expect([await put(reader), await remove(reader)]).toEqual(['denied', 'denied']);
    expect([await put(writer), await get(writer), await remove(writer)]).toEqual(['done', 'done', 'done']);
  });

  test.each(['read', 'write'])('opens no other bucket to a grant of %s', async (permission) => {
    const s3 = await session(await grant(permission));
    const { otherBucket } = subject.account;
    const tried = [get, list, put, remove].map((act) => act(s3, otherBucket));
    expect(await Promise.all(tried)).toEqual(['denied', 'denied', 'denied', 'denied']);
  });

  test.each(['read', 's3-read', 'admin'])(
    'denies everything from its end on, though nobody removed it: %s',
    async (permission) => {
      const receipt = await grant(permission, 2);
      const before = await session(receipt);
      expect(await get(before)).toBe('done');
      await sleep(3_100);
      expect(await get(before)).toBe('denied');
      expect(await get(await session(receipt))).toBe('denied');
      const RoleName = receipt.names['role'];
      expect((await subject.account.root.send(new GetRoleCommand({ RoleName }))).Role?.Arn).toBe(
        receipt.artefact,
      );
    },
  );

  test('goes on to the new end when it is extended, and no further', async () => {
    const receipt = await grant('read', 2);
    const s3 = await session(receipt);
    await subject.connector.extend(subject.call(), receipt, subject.end(5));
    await sleep(3_100);
    expect(await get(s3)).toBe('done');
    await sleep(3_100);
    expect(await get(s3)).toBe('denied');
  });

  test.each(['read', 's3-read', 'admin'])(
    'is closed by a revoke, to sessions that were opened before it too: %s',
    async (permission) => {
      const receipt = await grant(permission);
      const before = await session(receipt);
      expect(await get(before)).toBe('done');
      await subject.connector.revoke(subject.call(), receipt);
      expect(await get(before)).toBe('denied');
      expect(await opened(receipt)).toBe('denied');
    },
  );

  test('is closed by a lock-down, and opened again after it unless it was revoked', async () => {
    const [kept, revoked] = [await grant('read'), await grant('admin')];
    const sessions = [await session(kept), await session(revoked)] as const;
    expect(await subject.connector.lockdown?.(subject.call())).toEqual({ uncovered: [] });
    for (const s3 of [...sessions, await session(kept)]) expect(await get(s3)).toBe('denied');
    await subject.connector.revoke(subject.call(), revoked);
    await subject.connector.unlock?.(subject.call());
    expect(await get(sessions[0])).toBe('done');
    expect(await get(sessions[1])).toBe('denied');
  });

  test('is closed by each lock-down, however often it comes and whether or not it was before', async () => {
    const s3 = await session(await grant('read'));
    for (let round = 0; round < 6; round += 1) {
      await subject.connector.lockdown?.(subject.call());
      await subject.connector.lockdown?.(subject.call());
      expect(await get(s3)).toBe('denied');
      await subject.connector.unlock?.(subject.call());
      await subject.connector.unlock?.(subject.call());
      expect(await get(s3)).toBe('done');
    }
  });
});
