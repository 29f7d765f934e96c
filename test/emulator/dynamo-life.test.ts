/** The life of grants over a real DynamoDB table: use cases, state machine and reconciler as they are, in virtual time. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDynamoTable } from '../../shared/aws/dynamo-table.ts';
import type { Table } from '../../shared/ports.ts';
import { findGrants } from '../../shared/usecases/find-grants.ts';
import {
  allEnds,
  approve,
  becomes,
  extend,
  isActive,
  reject,
  revoke,
  withoutWakes,
} from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { clientConfig, describeOnEmulator } from '../support/emulator.ts';
import { type MadeTable, makeTable } from '../support/make-table.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

describeOnEmulator('over a table in DynamoDB', () => {
  let made: MadeTable;
  let table: Table;
  beforeEach(async () => {
    const client = new DynamoDBClient(clientConfig());
    made = await makeTable(client);
    table = timeStandsStill(createDynamoTable({ tableName: made.tableName, client }));
  });
  afterEach(() => made.drop());
  const world = (options: WorldOptions = {}): Promise<World> => createWorld({ ...options, table });

  it('a grant is asked for, approved, used and revoked, and all of it is on record', async () => {
    const here = await world();
    const grant = await here.ask('write', 600);
    await approve(here, 'dora', grant);
    await becomes(here, grant, 'active', 5);
    expect(here.target.hasAccess(here.artefactOf(grant))).toBe(true);
    await revoke(here, 'ana', grant);
    await becomes(here, grant, 'revoked', 5);
    expect(here.target.hasAccess(here.artefactOf(grant))).toBe(false);
    const events = await eventsOf(here, grant.id);
    const types = events.map(({ type }) => type).join(' ');
    expect(types).toMatch(
      /^RequestSubmitted .*RequestDecided .*AccessGranted .*RevokeAsked .*AccessRevoked$/,
    );
    await allEnds(here, 5);
  });

  it('a grant is extended, and then expires; a rejected one never begins', async () => {
    const here = await world();
    const grant = await isActive(here, 60);
    await here.clock.advance(30);
    await extend(here, 'ana', grant, 120);
    const rejected = await here.ask('admin', 60);
    await reject(here, 'sam', rejected);
    await here.clock.advance(60);
    expect((await here.grant(grant.id)).status).toBe('active');
    await becomes(here, grant, 'revoked', 100);
    expect(await here.grant(rejected.id)).toMatchObject({ status: 'rejected' });
    await allEnds(here, 5);
  });

  it('the reconciler finds what is due: a revoke whose wake was lost, and a grant whose process died', async () => {
    const here = await world();
    const [lost, orphan] = [await isActive(here, 600), await isActive(here, 60, 'oncall', 'ben')];
    await withoutWakes(here, async () => void (await revoke(here, 'ana', lost)));
    await here.clock.advance(3);
    await here.reconcile();
    await becomes(here, lost, 'revoked', 5);
    here.deaf = true;
    await here.restart();
    await here.clock.advance(63);
    await here.reconcile();
    await becomes(here, orphan, 'revoked', 5);
    await checkInvariants(here);
  });

  it('people find their grants, page by page', async () => {
    const here = await world();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push((await here.ask('write', 60)).id);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await findGrants(here.ports, {
        by: here.person('ana'),
        filter: {},
        paging: { limit: 2, cursor },
      });
      found.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(found).toEqual(ids.toReversed());
  });
});

/** Virtual time sees immediates but no sockets: while the table is asked, one waits, and each turn takes a millisecond. */
function timeStandsStill(table: Table): Table {
  let asked = 0;
  const nap = new Int32Array(new SharedArrayBuffer(4));
  function turn(): void {
    if (asked === 0) return;
    Atomics.wait(nap, 0, 0, 1);
    setImmediate(turn);
  }
  async function held<T>(work: Promise<T>): Promise<T> {
    if (asked++ === 0) setImmediate(turn);
    try {
      return await work;
    } finally {
      asked--;
    }
  }
  return {
    get: (key) => held(table.get(key)),
    query: (query) => held(table.query(query)),
    write: (writes) => held(table.write(writes)),
  };
}
