/** Configuration: what is wrong with it is said with its path. */
import { describe, expect, test } from 'vitest';
import { Config, type ConfigInput } from '../../shared/model/config.ts';

const sound = {
  installation: 'acme1',
  rights: { admin: 'admins', responder: 'admins', auditor: 'admins' },
  people: [
    {
      id: 'ada',
      name: 'Ada',
      email: 'ada@example.com',
      manager: 'max',
      groups: ['admins'],
      logins: { 'orders-db': 'ada' },
    },
    { id: 'max', name: 'Max', email: 'max@example.com' },
  ],
  groups: [{ id: 'admins', name: 'Admins' }],
  integrations: [
    { id: 'orders-db', name: 'Orders', kind: 'postgresql', environment: 'production', target: {} },
  ],
  flows: [
    {
      id: 'orders-read',
      name: 'Read orders',
      requesters: [{ person: 'ada' }, { group: 'admins' }],
      entitlements: [{ integration: 'orders-db', resource: 'orders' }],
      approval: { anyOf: [{ person: 'max' }, { group: 'admins' }, { manager: true }] },
      lifetime: { default: '15m', max: '1h', rules: [{ when: { integration: 'orders-db' }, max: '10m' }] },
    },
  ],
} satisfies ConfigInput;

test('a sound one is read, durations to seconds and defaults filled in', () => {
  const config = Config.parse(sound);
  expect(config.flows[0]).toMatchObject({
    lifetime: { default: 900, max: 3600 },
    selfApproval: false,
    decideWithin: 86_400,
  });
  expect(config.people[1]).toMatchObject({ active: true, groups: [] });
});

describe('a fault is named with its path:', () => {
  test.each<[string, string, unknown]>([
    ['a right for an unknown group', 'rights.admin', 'nobody'],
    ['an unknown manager', 'people.0.manager', 'nobody'],
    ['an unknown group of a person', 'people.0.groups.0', 'nobody'],
    ['an address that is none', 'people.0.email', 'ada'],
    ['an id that stands twice', 'people.1.id', 'ada'],
    ['an address that is somebody else’s', 'people.1.email', 'ADA@example.com'],
    ['an id with capitals', 'people.1.id', 'Max'],
    ['a requester who is unknown', 'flows.0.requesters.0.person', 'nobody'],
    ['a requesting group that is unknown', 'flows.0.requesters.1.group', 'nobody'],
    ['an approver who is unknown', 'flows.0.approval.anyOf.0.person', 'nobody'],
    ['an approving group that is unknown', 'flows.0.approval.anyOf.1.group', 'nobody'],
    ['an unknown integration', 'flows.0.entitlements.0.integration', 'nothing'],
    ['an unknown integration in a lifetime rule', 'flows.0.lifetime.rules.0.when.integration', 'nothing'],
    ['a lifetime without end', 'flows.0.lifetime.max', undefined],
    ['a lifetime of a year', 'flows.0.lifetime.max', '365d'],
    ['a lifetime of nothing', 'flows.0.lifetime.max', '0s'],
    ['a default beyond the maximum', 'flows.0.lifetime.default', '2h'],
    ['a rule whose default is beyond its maximum', 'flows.0.lifetime.rules.0.default', '11m'],
    ['no lifetime at all', 'flows.0.lifetime', undefined],
    ['nobody to approve', 'flows.0.approval.anyOf', []],
    ['a pattern that is none', 'flows.0.reason', { pattern: '(', hint: '' }],
    ['a kind that no connector serves', 'integrations.0.kind', 'mainframe'],
  ])('%s', (_, path, value) => {
    const paths = faultsOf(changed(path, value));
    expect(paths.some((found) => found.startsWith(path))).toBe(true);
  });

  test.each<[string, string, string, unknown]>([
    ['a login at an unknown integration', 'people.0.logins.nothing', 'people.0.logins', { nothing: 'ada' }],
    [
      'a resource without its integration',
      'flows.0.entitlements.0.resource',
      'flows.0.entitlements.0',
      { resource: 'orders' },
    ],
    [
      'a rule for everything that is longer than the flow',
      'flows.0.lifetime.rules.0.when',
      'flows.0.lifetime.rules.0',
      { when: {}, max: '2h' },
    ],
  ])('%s', (_, fault, path, value) => {
    expect(faultsOf(changed(path, value))).toEqual([fault]);
  });

  test('an allowance that an automatic flow has no use for', () => {
    const { approval: _, ...automatic } = sound.flows[0] as (typeof sound.flows)[0];
    const config = { ...sound, flows: [{ ...automatic, extendWithoutApproval: '10m' }] };
    expect(faultsOf(config)).toEqual(['flows.0.extendWithoutApproval']);
  });

  test('a field that nobody knows, so that a slip of the pen is not silently without effect', () => {
    expect(Config.safeParse(changed('flows.0.selfApprovall', true)).success).toBe(false);
  });
});

function faultsOf(config: unknown): string[] {
  const parsed = Config.safeParse(config);
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
}

/** The sound configuration with one value of it changed; undefined takes it away. */
function changed(path: string, value: unknown): unknown {
  const config: unknown = structuredClone(sound);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let holder = config as Record<string, unknown>;
  for (const step of steps) holder = holder[step] as Record<string, unknown>;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return config;
}
