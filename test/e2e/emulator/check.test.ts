/** An admin asks a deployed Curfew whether its integrations work: the function that looks may look, and tries what ends access. */
import { afterAll, expect, it } from 'vitest';
import { openTarget } from '../target.ts';

const target = await openTarget();
afterAll(() => target.close());

it.concurrent.each(target.places.map(({ name }) => name))('%s works, line by line', async (integration) => {
  const { status, body } = await target.call('adam', 'GET', `/integrations/${integration}/check`);
  expect(status).toBe(200);
  expect(body['checks'].filter((line: { ok: boolean }) => !line.ok)).toEqual([]);
  expect(body['ok']).toBe(true);
});

it('the roles that end and extend access let the function in, and the granter stays closed to it', async () => {
  const { body } = await target.call('adam', 'GET', '/integrations/invoices/check');
  const said = new Map(body['checks'].map((line: Record<string, string>) => [line['name'], line['detail']]));
  for (const duty of ['reader', 'extender', 'revoker'])
    expect(said.get(`role e2e-${duty}`)).toBe('It lets Curfew in.');
  expect(said.get('role e2e-granter')).toContain('rightly not open');
});

it('nobody but an admin asks', async () => {
  expect((await target.call('ana', 'GET', '/integrations/orders-db/check')).status).toBe(403);
});
