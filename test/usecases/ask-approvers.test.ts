/** Beginning to wait for a decision: the token is kept while there is something to decide. */
import { describe, expect, it } from 'vitest';
import type { Step } from '../../shared/ports.ts';
import { askApprovers } from '../../shared/usecases/ask-approvers.ts';
import { approve, revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld } from '../support/world.ts';

async function begin() {
  const world = await createWorld({ deaf: true });
  const woken: { token: string; step: Step }[] = [];
  const wake = async (token: string, step: Step) => woken.push({ token, step }) > 0;
  world.ports.workflow = { start: async () => {}, wake };
  return { world, woken, grant: await world.ask('write', 60) };
}

describe('asking approvers', () => {
  it('says whom, and the decision wakes the wait', async () => {
    const { world, woken, grant } = await begin();
    await askApprovers(world.ports, { grantId: grant.id, token: 'token-1' });
    const selectors = ['group:data-owners', 'manager-of:ana'];
    expect((await eventsOf(world, grant.id)).at(-1)).toMatchObject({
      type: 'ApproversAsked',
      details: { selectors },
    });
    await checkInvariants(world);
    await approve(world, 'dora', grant);
    expect(woken).toMatchObject([{ token: 'token-1', step: { status: 'approved' } }]);
  });

  it('P4 wakes itself when it was decided before the token was kept', async () => {
    const { world, woken, grant } = await begin();
    await approve(world, 'dora', grant);
    await askApprovers(world.ports, { grantId: grant.id, token: 'token-1' });
    expect(woken).toMatchObject([{ token: 'token-1', step: { status: 'approved' } }]);
    expect(await world.table.get({ pk: `GRANT#${grant.id}`, sk: 'TOKEN' })).toBeUndefined();
  });

  it('wakes itself when it was cancelled before', async () => {
    const { world, woken, grant } = await begin();
    await revoke(world, 'ana', grant);
    await askApprovers(world.ports, { grantId: grant.id, token: 'token-1' });
    expect(woken).toMatchObject([{ step: { status: 'cancelled' } }]);
  });

  it('one approval of two wakes the wait, which goes on', async () => {
    const { world, woken } = await begin();
    const grant = await world.ask('admin', 60);
    await askApprovers(world.ports, { grantId: grant.id, token: 'token-1' });
    await approve(world, 'dora', grant);
    expect(woken).toMatchObject([{ step: { status: 'pending', waitSeconds: 86_400 } }]);
  });
});
