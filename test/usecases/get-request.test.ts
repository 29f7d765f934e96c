/** One request: its people see all of it, an approver the grants that they may decide. */
import { expect, test } from 'vitest';
import { getRequest } from '../../shared/usecases/get-request.ts';
import { byWriteFlow, of, personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';
import { aGrant } from '../support/builders.ts';

async function seenBy(who: string): Promise<string[]> {
  const world = await createWorld();
  await world.put(
    aGrant('active', { ...of('ada'), id: 'g1' }),
    aGrant('pending', { ...of('ada'), ...byWriteFlow(), id: 'g2' }),
  );
  const { grants, shown } = await getRequest(world.ports, { by: personOf(who), requestId: 'r1' });
  expect(grants).toHaveLength(2);
  return shown.map((grant) => grant.id);
}

test('requester, grantee and the rights that see everything see all its grants', async () => {
  for (const who of ['ada', 'root', 'ron', 'ava'])
    expect([who, await seenBy(who)]).toEqual([who, ['g1', 'g2']]);
});

test('an approver sees the grants that they may decide', async () => {
  for (const who of ['dora', 'mia']) expect([who, await seenBy(who)]).toEqual([who, ['g2']]);
});

test('for everybody else it is not there', async () => {
  for (const who of ['bo', 'eve']) await expect(seenBy(who)).rejects.toMatchObject({ code: 'NotFound' });
});
