/** An example organisation, used by `npm start`: change it to yours. docs/configuration.md says what each field means. */
import { allOf, anyOf, defineConfig, group, manager } from './define.ts';

const ordersDatabase = {
  name: 'Orders database',
  database: 'orders',
  permissions: {
    read: { name: 'Read orders', mode: 'account', role: 'orders_read' },
    write: { name: 'Change orders', mode: 'account', role: 'orders_write' },
    admin: { name: 'Administer orders', mode: 'account', role: 'orders_admin' },
    oncall: { name: 'Be on call for orders', mode: 'membership', role: 'orders_oncall' },
  },
};

export default defineConfig({
  installation: 'local',
  rights: { admin: 'admins', responder: 'responders', auditor: 'auditors' },
  groups: [
    { id: 'engineers', name: 'Engineers' },
    { id: 'data-owners', name: 'Owners of the orders data' },
    { id: 'security', name: 'Security' },
    { id: 'admins', name: 'Administrators of Curfew' },
    { id: 'responders', name: 'Incident responders' },
    { id: 'auditors', name: 'Auditors' },
  ],
  people: [
    engineer('ana', 'Ana Alves'),
    engineer('ben', 'Ben Brandt'),
    engineer('cleo', 'Cleo Costa'),
    { id: 'dora', name: 'Dora Dahl', email: 'dora@example.com', groups: ['data-owners'] },
    { id: 'sam', name: 'Sam Sato', email: 'sam@example.com', groups: ['security'] },
    { id: 'mia', name: 'Mia Moreau', email: 'mia@example.com' },
    { id: 'adam', name: 'Adam Aydin', email: 'adam@example.com', groups: ['admins'] },
    { id: 'rita', name: 'Rita Rossi', email: 'rita@example.com', groups: ['responders'] },
    { id: 'otto', name: 'Otto Olsen', email: 'otto@example.com', groups: ['auditors'] },
  ],
  integrations: [
    {
      id: 'orders-db',
      name: 'Orders',
      kind: 'postgresql',
      environment: 'production',
      target: { urlSecret: 'orders-db', resources: { orders: ordersDatabase } },
    },
  ],
  flows: [
    {
      id: 'orders-read',
      name: 'Read the orders',
      requesters: [group('engineers')],
      entitlements: [{ integration: 'orders-db', resource: 'orders', permission: 'read' }],
      lifetime: { default: '15m', max: '1h' },
      // Short trials (a lifetime of seconds) can be extended, too.
      extendCutoff: '2s',
    },
    {
      id: 'orders-write',
      name: 'Change orders',
      requesters: [group('engineers')],
      entitlements: [{ integration: 'orders-db', resource: 'orders', permission: 'write' }],
      approval: anyOf(group('data-owners'), manager()),
      lifetime: { default: '15m', max: '30m' },
      extendCutoff: '2s',
    },
    {
      id: 'orders-admin',
      name: 'Administer the orders database',
      requesters: [group('engineers')],
      entitlements: [{ integration: 'orders-db', resource: 'orders', permission: 'admin' }],
      approval: allOf(group('data-owners'), group('security')),
      lifetime: { default: '5m', max: '10m' },
      extendCutoff: '2s',
      reason: { pattern: '[A-Z]+-[0-9]+', hint: 'a ticket, such as OPS-123' },
      // Made stricter, it is stricter for whoever has it already, once `curfew flows apply` was said.
      onChange: 'revoke',
    },
    {
      id: 'orders-oncall',
      name: 'Be on call for the orders',
      requesters: [group('engineers')],
      entitlements: [{ integration: 'orders-db', resource: 'orders', permission: 'oncall' }],
      lifetime: { default: '1h', max: '12h' },
      extendCutoff: '2s',
    },
  ],
});

/** Engineers report to Mia, and have a login of their own in the orders database. */
function engineer(id: string, name: string) {
  return {
    id,
    name,
    email: `${id}@example.com`,
    manager: 'mia',
    groups: ['engineers'],
    logins: { 'orders-db': id },
  };
}
