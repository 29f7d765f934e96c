/** An organisation's configuration: people, groups, integrations and flows, as `config/curfew.config.ts` writes them. */
import * as z from 'zod';
import { Flow } from './flow.ts';
import { Person, Slug } from './person.ts';

/** One configured target system. `target` is the connector's own shape, which the registry checks. */
export const Integration = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(120),
  kind: z.enum(['postgresql', 'aws-iam']),
  environment: Slug,
  target: z.record(z.string(), z.unknown()),
});
export type Integration = z.infer<typeof Integration>;

/** Which directory group holds which right. */
export const RightGroups = z.strictObject({ admin: Slug, responder: Slug, auditor: Slug });
export type RightGroups = z.infer<typeof RightGroups>;

/** Whose tokens count. Keys come by its discovery document, so it must be https, but for one on this machine. */
export const Oidc = z.strictObject({
  issuer: z
    .url()
    .refine(
      (url) => /^https:\/\/|^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/|$)/.test(url),
      'must be an https address',
    ),
  audience: z.string().min(1).max(200).default('curfew'),
});
export type Oidc = z.infer<typeof Oidc>;

export const Config = z
  .strictObject({
    /** This installation's mark: part of the name of everything made at a target, so that two never clean up each other's. */
    installation: z.string().regex(/^[a-z0-9]{2,12}$/, 'must be 2-12 lower-case letters or digits'),
    rights: RightGroups,
    /** An OIDC issuer of your own. Left out: the local one, which only the owner of the home can sign in at. */
    oidc: Oidc.optional(),
    people: z.array(Person).min(1),
    groups: z.array(z.strictObject({ id: Slug, name: z.string().min(1).max(120) })),
    integrations: z.array(Integration),
    flows: z.array(Flow),
  })
  .superRefine(checkReferences);
export type Config = z.infer<typeof Config>;
/** What a person writes, before durations are parsed and defaults filled in. */
export type ConfigInput = z.input<typeof Config>;

function checkReferences(config: z.output<typeof Config>, ctx: z.RefinementCtx): void {
  const fault = (path: (string | number)[], message: string) =>
    ctx.addIssue({ code: 'custom', path, message });
  const known = {
    people: unique(config.people, 'people', fault),
    groups: unique(config.groups, 'groups', fault),
    integrations: unique(config.integrations, 'integrations', fault),
    flows: unique(config.flows, 'flows', fault),
  };
  for (const [right, group] of Object.entries(config.rights))
    if (!known.groups.has(group))
      fault(['rights', right], `names the group "${group}", which is not in groups`);
  config.people.forEach((person, i) => {
    if (person.manager && !known.people.has(person.manager))
      fault(['people', i, 'manager'], `names "${person.manager}", who is not in people`);
    person.groups.forEach((group, j) => {
      if (!known.groups.has(group))
        fault(['people', i, 'groups', j], `names the group "${group}", which is not in groups`);
    });
    for (const integration of Object.keys(person.logins))
      if (!known.integrations.has(integration))
        fault(
          ['people', i, 'logins', integration],
          `names the integration "${integration}", which is not in integrations`,
        );
  });
  // By a verified e-mail a token finds its person: two with one address would be one.
  const mails = config.people.map((person) => person.email.toLowerCase());
  mails.forEach((mail, i) => {
    if (mails.indexOf(mail) < i) fault(['people', i, 'email'], `"${mail}" is somebody else's already`);
  });
  config.flows.forEach((flow, i) => checkFlow(flow, ['flows', i], known, fault));
}

interface Known {
  people: Set<string>;
  groups: Set<string>;
  integrations: Set<string>;
}
type Fault = (path: (string | number)[], message: string) => void;

function checkFlow(flow: Flow, path: (string | number)[], known: Known, fault: Fault): void {
  const check = (set: keyof Known, id: string | undefined, at: (string | number)[]) => {
    if (id !== undefined && !known[set].has(id))
      fault([...path, ...at], `names "${id}", which is not in ${set}`);
  };
  const selectors = flow.approval ? Object.entries(flow.approval)[0] : undefined;
  (flow.requesters ?? []).forEach((who, i) => {
    if ('person' in who) check('people', who.person, ['requesters', i, 'person']);
    else check('groups', who.group, ['requesters', i, 'group']);
  });
  selectors?.[1].forEach((selector, i) => {
    if ('person' in selector) check('people', selector.person, ['approval', selectors[0], i, 'person']);
    if ('group' in selector) check('groups', selector.group, ['approval', selectors[0], i, 'group']);
  });
  flow.entitlements.forEach((match, i) => {
    check('integrations', match.integration, ['entitlements', i, 'integration']);
    if (match.resource && !match.integration)
      fault(
        [...path, 'entitlements', i, 'resource'],
        'needs an integration beside it: resources belong to one',
      );
  });
  flow.lifetime.rules.forEach((rule, i) => {
    check('integrations', rule.when.integration, ['lifetime', 'rules', i, 'when', 'integration']);
    if (rule.max > flow.lifetime.max && Object.keys(rule.when).length === 0)
      fault([...path, 'lifetime', 'rules', i, 'when'], 'is empty: say it with the lifetime itself');
  });
  if (flow.approval === undefined && flow.extendWithoutApproval !== undefined)
    fault(
      [...path, 'extendWithoutApproval'],
      'is for approved flows; automatic ones extend up to their maximum',
    );
}

function unique(list: { id: string }[], name: string, fault: Fault): Set<string> {
  const seen = new Set<string>();
  list.forEach((entry, i) => {
    if (seen.has(entry.id)) fault([name, i, 'id'], `"${entry.id}" stands twice`);
    seen.add(entry.id);
  });
  return seen;
}
