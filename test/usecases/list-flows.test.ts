/** The flows are listed as the configuration orders them, in their present version. */
import { expect, test } from 'vitest';
import { listFlows } from '../../shared/usecases/list-flows.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { flows, personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';
import { anIntegration } from '../support/builders.ts';

test('in the order of the configuration, page by page', async () => {
  const { ports } = await createWorld();
  const by = personOf('eve');
  const first = await listFlows(ports, { by, paging: { limit: 3 } });
  const second = await listFlows(ports, { by, paging: { limit: 3, cursor: first.next } });
  const listed = [...first.items, ...second.items].map(({ flow }) => flow.id);
  expect(listed).toEqual(flows.map((flow) => flow.id));
});

test('a changed flow is shown in its new version, a removed one no more', async () => {
  const { ports } = await createWorld();
  const [read, write] = flows;
  if (!read || !write) throw new Error('the world has flows');
  await loadConfig(
    ports,
    { flows: [{ ...read, name: 'New' }, write], integrations: [anIntegration()] },
    { kind: 'system', id: 'test' },
  );
  const { items } = await listFlows(ports, { by: personOf('eve'), paging: {} });
  expect(items.map(({ flow, version }) => [flow.id, flow.name, version])).toEqual([
    ['orders-read', 'New', 2],
    ['orders-write', 'Write orders', 1],
  ]);
});
