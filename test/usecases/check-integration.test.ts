/** A check is for admins, and a target that does not answer is its finding. */
import { expect, test } from 'vitest';
import { CurfewError } from '../../shared/model/errors.ts';
import { checkIntegration } from '../../shared/usecases/check-integration.ts';
import { personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';

test('says what the connector found', async () => {
  const { ports } = await createWorld();
  const checked = await checkIntegration(ports, { by: personOf('root'), integrationId: 'orders-db' });
  expect(checked).toEqual({
    integration: 'orders-db',
    ok: true,
    checks: [{ name: 'The target answers', ok: true, detail: 'It does.' }],
  });
});

test('one bad finding is enough', async () => {
  const check = async () => [
    { name: 'a', ok: true, detail: '' },
    { name: 'b', ok: false, detail: 'GRANT is missing' },
  ];
  const { ports } = await createWorld({ connector: { check } });
  expect((await checkIntegration(ports, { by: personOf('root'), integrationId: 'orders-db' })).ok).toBe(
    false,
  );
});

test('a target that does not answer is a finding', async () => {
  const check = async () => {
    throw new CurfewError('TargetUnavailable', 'connection refused');
  };
  const { ports } = await createWorld({ connector: { check } });
  const checked = await checkIntegration(ports, { by: personOf('root'), integrationId: 'orders-db' });
  expect(checked).toMatchObject({ ok: false, checks: [{ ok: false, detail: 'connection refused' }] });
});

test('others are refused, and unknown ones are not there', async () => {
  const { ports } = await createWorld();
  for (const who of ['ada', 'ron', 'ava'])
    await expect(
      checkIntegration(ports, { by: personOf(who), integrationId: 'orders-db' }),
    ).rejects.toMatchObject({ code: 'Forbidden' });
  await expect(checkIntegration(ports, { by: personOf('root'), integrationId: 'x' })).rejects.toMatchObject({
    code: 'NotFound',
  });
});
