/** Nobody but the grantee gets into the role of a grant, however much they may do elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../shared/model/grant.ts';
import { duties } from '../../shared/connectors/aws-iam/names.ts';
import { accountNumber, assume, type Keys, prepareAwsAccount } from '../support/aws-account.ts';
import { type AwsSubject, awsSubject, outcomeOf } from '../support/aws-subject.ts';
import { clientConfig, describeOnEmulator } from '../support/emulator.ts';

let subject: AwsSubject;
let receipt: Receipt;

/** Each of them may assume whatever trusts them. */
const strangers: Record<string, () => Keys | Promise<Keys>> = {
  'another user of the account': () => subject.account.ben.keys,
  "the account's root": () => clientConfig(subject.account.account).credentials,
  "another account's root": () => clientConfig(accountNumber()).credentials,
  'a user of the same name in another account': async () => (await prepareAwsAccount()).ana.keys,
  "Curfew's own functions": () => subject.account.source,
  'another grant of the same grantee': async () => {
    const other = await subject.connector.prepare(subject.call(), subject.intent({ permission: 'admin' }));
    await subject.connector.grant(subject.call(), other, subject.end());
    return assume(subject.account.ana.keys, other.artefact);
  },
  ...Object.fromEntries(duties.map((duty) => [`Curfew as ${duty}`, () => subject.account.become(duty)])),
};

describeOnEmulator('the role of a grant', () => {
  beforeAll(async () => {
    subject = await awsSubject('role');
    receipt = await subject.connector.prepare(subject.call(), subject.intent());
    await subject.connector.grant(subject.call(), receipt, subject.end());
  });
  afterAll(async () => {
    await subject.reset();
    await subject.close();
  });

  test('lets its grantee in', async () => {
    expect(await outcomeOf(assume(subject.account.ana.keys, receipt.artefact))).toBe('done');
  });

  describe.each(Object.keys(strangers))('does not let in %s', (name) => {
    test.each(['with', 'without'])('%s an external id', async (how) => {
      const keys = (await strangers[name]?.()) as Keys;
      const externalId = how === 'with' ? `curfew-test-${subject.account.account}` : undefined;
      expect(await outcomeOf(assume(keys, receipt.artefact, externalId))).toBe('denied');
    });
  });
});

describeOnEmulator('a connector role', () => {
  beforeAll(async () => {
    subject = await awsSubject('role');
  });
  afterAll(() => subject.close());

  test.each(duties)('lets the functions in with its external id alone: %s', async (duty) => {
    const { source, account } = subject.account;
    const arn = `arn:aws:iam::${account}:role/curfew/connector/test-${duty}`;
    expect(await outcomeOf(assume(source, arn, `curfew-test-${account}`))).toBe('done');
    expect(await outcomeOf(assume(source, arn))).toBe('denied');
    expect(await outcomeOf(assume(source, arn, 'curfew-test-999999999999'))).toBe('denied');
    for (const { keys } of [subject.account.ana, subject.account.ben])
      expect(await outcomeOf(assume(keys, arn, `curfew-test-${account}`))).toBe('denied');
  });
});
