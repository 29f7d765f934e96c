/**
 * What the parts of a configuration say of each other: whom and what they name must be there, and nothing twice. It is looked
 * at in a faulty one too, as far as that can be read, so that every fault is said at once.
 */
import * as z from 'zod';
import { Duration } from './time.ts';

export interface ReferenceFault {
  path: (string | number)[];
  message: string;
}

const Id = z.string().optional().catch(undefined);
const Names = z.object({ person: Id, group: Id, manager: z.unknown() }).partial().catch({});
const Match = z
  .object({ environment: Id, integration: Id, resource: Id, permission: Id })
  .partial()
  .catch({});
const Seconds = Duration.optional().catch(undefined);

const Rule = z.object({ when: Match.optional(), max: Seconds }).partial().catch({});
const ReferringFlow = z
  .object({
    id: Id,
    requesters: list(Names),
    approval: z
      .object({ anyOf: list(Names), allOf: list(Names) })
      .partial()
      .optional()
      .catch(undefined),
    entitlements: list(Match),
    lifetime: z
      .object({ max: Seconds, rules: list(Rule) })
      .partial()
      .optional()
      .catch(undefined),
    extendWithoutApproval: z.unknown(),
  })
  .partial()
  .catch({});

/** The part of a configuration that refers, of anything that was written. What cannot be read is left out. */
export const Referring = z
  .object({
    rights: z.record(z.string(), Id).optional().catch(undefined),
    groups: list(z.object({ id: Id }).partial().catch({})),
    people: list(
      z
        .object({
          id: Id,
          email: Id,
          manager: Id,
          groups: list(Id),
          logins: z.record(z.string(), z.unknown()).optional().catch(undefined),
        })
        .partial()
        .catch({}),
    ),
    integrations: list(z.object({ id: Id }).partial().catch({})),
    flows: list(ReferringFlow),
  })
  .partial()
  .catch({});
export type Referring = z.output<typeof Referring>;
type ReferringFlow = z.output<typeof ReferringFlow>;

function list<T extends z.ZodType>(of: T) {
  return z.array(of).optional().catch(undefined);
}

/** A list that cannot be read as a whole is not held against those who name its entries. */
interface Known {
  people: Set<string> | undefined;
  groups: Set<string> | undefined;
  integrations: Set<string> | undefined;
}

type Say = (path: (string | number)[], message: string) => void;

export function referenceFaults(config: Referring): ReferenceFault[] {
  const faults: ReferenceFault[] = [];
  const say: Say = (path, message) => void faults.push({ path, message });
  const known: Known = {
    people: unique(config.people, 'people', say),
    groups: unique(config.groups, 'groups', say),
    integrations: unique(config.integrations, 'integrations', say),
  };
  unique(config.flows, 'flows', say);
  for (const [right, group] of Object.entries(config.rights ?? {}))
    if (isUnknown(known.groups, group))
      say(['rights', right], `names the group "${group}", which is not in groups`);
  checkPeople(config.people ?? [], known, say);
  config.flows?.forEach((flow, i) => checkFlow(flow, ['flows', i], known, say));
  return faults;
}

function unique(entries: { id?: string | undefined }[] | undefined, name: string, say: Say) {
  if (!entries) return undefined;
  const seen = new Set<string>();
  entries.forEach(({ id }, i) => {
    if (id === undefined) return;
    if (seen.has(id)) say([name, i, 'id'], `"${id}" stands twice`);
    seen.add(id);
  });
  return seen;
}

function isUnknown(known: Set<string> | undefined, id: string | undefined): boolean {
  return id !== undefined && known !== undefined && !known.has(id);
}

function checkPeople(people: NonNullable<Referring['people']>, known: Known, say: Say): void {
  people.forEach((person, i) => {
    if (isUnknown(known.people, person.manager))
      say(['people', i, 'manager'], `names "${person.manager}", who is not in people`);
    person.groups?.forEach((group, j) => {
      if (isUnknown(known.groups, group))
        say(['people', i, 'groups', j], `names the group "${group}", which is not in groups`);
    });
    for (const integration of Object.keys(person.logins ?? {}))
      if (isUnknown(known.integrations, integration))
        say(
          ['people', i, 'logins', integration],
          `names the integration "${integration}", which is not in integrations`,
        );
  });
  // By a verified e-mail a token finds its person: two with one address would be one.
  const mails = people.map((person) => person.email?.toLowerCase());
  mails.forEach((mail, i) => {
    if (mail !== undefined && mails.indexOf(mail) < i)
      say(['people', i, 'email'], `"${mail}" is somebody else's already`);
  });
}

function checkFlow(flow: ReferringFlow, path: (string | number)[], known: Known, say: Say): void {
  const check = (set: keyof Known, id: string | undefined, at: (string | number)[]) => {
    if (isUnknown(known[set], id)) say([...path, ...at], `names "${id}", which is not in ${set}`);
  };
  const checkNames = (names: z.output<typeof Names>[], at: string[]) =>
    names.forEach(({ person, group }, i) => {
      check('people', person, [...at, i, 'person']);
      check('groups', group, [...at, i, 'group']);
    });
  checkNames(flow.requesters ?? [], ['requesters']);
  for (const [kind, names] of Object.entries(flow.approval ?? {}))
    checkNames(names ?? [], ['approval', kind]);
  flow.entitlements?.forEach((match, i) => {
    check('integrations', match.integration, ['entitlements', i, 'integration']);
    if (match.resource && !match.integration)
      say(
        [...path, 'entitlements', i, 'resource'],
        'needs an integration beside it: resources belong to one',
      );
  });
  flow.lifetime?.rules?.forEach(({ when, max }, i) => {
    const at = ['lifetime', 'rules', i, 'when'];
    check('integrations', when?.integration, [...at, 'integration']);
    if (
      when &&
      Object.values(when).every((one) => one === undefined) &&
      (max ?? 0) > (flow.lifetime?.max ?? Number.POSITIVE_INFINITY)
    )
      say([...path, ...at], 'is empty: say it with the lifetime itself');
  });
  if (flow.approval === undefined && flow.extendWithoutApproval !== undefined)
    say(
      [...path, 'extendWithoutApproval'],
      'is for approved flows; automatic ones extend up to their maximum',
    );
}
