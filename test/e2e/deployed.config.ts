/**
 * The configuration that the suite deploys: the example organisation, with the people's users in an AWS account and flows
 * for it. `E2E_ISSUER` names the OIDC issuer, `E2E_ACCOUNT` the target account; `E2E_CHANGED` is set for a second deployment.
 */
import example from '../../config/curfew.config.ts';
import { allOf, anyOf, defineConfig, group, manager } from '../../config/define.ts';
import { soon } from './flows.ts';
import { accountId, bucket, groupName, invoices, managedPolicy } from './places/invoices.ts';
import { orders } from './places/orders-db.ts';

const engineers = ['ana', 'ben', 'cleo'];
const issuer = process.env['E2E_ISSUER'];
const changed = process.env['E2E_CHANGED'] === 'yes';

/** The organisation's own resources in the account, and who may ask for them. */
const account = {
  id: 'invoices',
  name: 'Invoices',
  kind: 'aws-iam' as const,
  environment: 'production',
  target: {
    account: accountId(),
    externalId: `curfew-e2e-${accountId()}`,
    region: process.env['AWS_REGION'] ?? 'eu-central-1',
    resources: {
      invoices: {
        name: 'Invoices',
        permissions: {
          read: { name: 'Read invoices', buckets: [bucket()], access: 'read' },
          write: { name: 'Change invoices', buckets: [bucket()], access: 'write' },
          admin: { name: 'Read every bucket', managedPolicies: [managedPolicy] },
          oncall: { name: 'Be on call for invoices', group: groupName },
        },
      },
    },
  },
};

export default defineConfig({
  ...example,
  installation: 'e2e',
  ...(issuer && { oidc: { issuer } }),
  people: example.people.map((person) =>
    engineers.includes(person.id)
      ? { ...person, logins: { ...person.logins, invoices: `arn:aws:iam::${accountId()}:user/${person.id}` } }
      : person,
  ),
  integrations: [...example.integrations, account],
  flows: [
    ...example.flows,
    soon('orders-write-soon', orders('write')),
    invoiceFlow('read', undefined),
    invoiceFlow('write', anyOf(group('data-owners'), manager())),
    soon('invoices-write-soon', invoices('write')),
    invoiceFlow('admin', allOf(group('data-owners'), group('security'))),
    invoiceFlow('oncall', undefined),
    ...changing(),
  ],
});

function invoiceFlow(permission: string, approval: ReturnType<typeof anyOf> | undefined) {
  return {
    id: `invoices-${permission}`,
    name: `Invoices: ${permission}`,
    requesters: [group('engineers')],
    entitlements: [invoices(permission)],
    ...(approval && { approval }),
    lifetime: { default: '15m', max: '1h' },
    extendCutoff: '2s',
  };
}

/** What the second deployment changes: less time, and somebody else to ask. Both must be named in a request. */
function changing() {
  const flow = {
    requesters: [group('engineers')],
    entitlements: [orders('read')],
    lifetime: { default: '5m', max: changed ? '5m' : '20m' },
  };
  return [
    { ...flow, id: 'changing-automatic', name: 'Automatic, and changed by a deployment' },
    {
      ...flow,
      id: 'changing-approved',
      name: 'Approved, and changed by a deployment',
      approval: anyOf(group(changed ? 'security' : 'data-owners')),
    },
  ];
}
