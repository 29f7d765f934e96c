/**
 * Who may do what: the one table of role x action, and the only place that decides. Who may not even see a thing is
 * told that it is not there; who may see it but not do it is told what to do instead.
 */
import type { RightGroups } from '../model/config.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { Person } from '../model/person.ts';

/** Roles that the directory gives, by a group named in the configuration. */
export const rights = ['admin', 'responder', 'auditor'] as const;
export type Right = (typeof rights)[number];

/** `manager` is the grantee's; `approver` is who decided it, or may decide it now. */
export const roles = ['anyone', 'grantee', 'requester', 'manager', 'approver', ...rights] as const;
export type Role = (typeof roles)[number];

export interface Entry {
  may: readonly Role[];
  /** Who may know that it is there. Left out: everybody. */
  sees?: readonly Role[];
  /** What to tell who may see it and not do it. */
  otherwise: string;
}

const everybody: readonly Role[] = ['anyone'];
const readers: readonly Role[] = ['grantee', 'requester', 'approver', 'admin', 'responder', 'auditor'];
/** `requester` is who began the run. */
const runReaders: readonly Role[] = ['requester', 'admin', 'auditor'];
const inactive = 'Your account is not active in the directory.';
const adminOnly = 'This is for admins. Ask one of them.';

/** Every action of the API. A route without one is refused by test/architecture. */
export const actions = {
  'me.read': { may: everybody, otherwise: inactive },
  'catalog.read': { may: everybody, otherwise: inactive },
  'flow.read': { may: everybody, otherwise: inactive },
  'flow.explain-self': { may: everybody, otherwise: inactive },
  'flow.explain-other': { may: ['admin'], otherwise: 'Only admins may ask this about somebody else.' },
  'flow.plan': {
    may: ['admin', 'auditor'],
    otherwise: 'Only admins and auditors see what a changed flow would do to open grants. Ask one of them.',
  },
  'flow.apply': { may: ['admin'], otherwise: adminOnly },
  'run.read': { may: runReaders, sees: runReaders, otherwise: inactive },
  'integration.check': { may: ['admin'], otherwise: adminOnly },
  'request.submit': { may: everybody, otherwise: inactive },
  'request.submit-for-other': {
    may: ['manager', 'admin'],
    otherwise: 'Only admins and the manager of a person may ask in their name. Let them ask themselves.',
  },
  'request.list': { may: everybody, otherwise: inactive },
  'request.read': { may: readers, sees: readers, otherwise: inactive },
  'request.decide': {
    may: ['approver'],
    sees: readers,
    otherwise: 'Only its approvers decide a request, and nobody their own. Ask one of them.',
  },
  'request.cancel': {
    may: ['grantee', 'requester'],
    sees: readers,
    otherwise: 'Only requester and grantee cancel a request. Approvers reject it, admins revoke its grants.',
  },
  'grants.list': { may: everybody, otherwise: inactive },
  'grants.list-all': {
    may: ['admin', 'responder', 'auditor'],
    otherwise: 'Only admins, responders and auditors see every grant.',
  },
  'grant.read': { may: readers, sees: readers, otherwise: inactive },
  'grant.read-events': { may: readers, sees: readers, otherwise: inactive },
  'grant.revoke': {
    may: ['grantee', 'requester', 'approver', 'admin'],
    sees: readers,
    otherwise: 'Only grantee, requester, approvers and admins revoke a grant. Ask one of them.',
  },
  'grant.extend': {
    may: ['grantee', 'requester'],
    sees: readers,
    otherwise: 'Only grantee and requester extend a grant. Let one of them ask.',
  },
  'grant.credentials': {
    may: ['grantee'],
    sees: readers,
    otherwise: 'Credentials are for the grantee alone. Make a request of your own.',
  },
} satisfies Record<string, Entry>;
export type Action = keyof typeof actions;

/** Who acts: the person of the verified token, and what the directory gives them. */
export interface Acting {
  person: Person;
  rights: readonly Right[];
}

/** What it is done to. Ids are the directory's. */
export interface Subject {
  grantee?: string;
  requester?: string;
  /** The grantee's manager. */
  manager?: string | undefined;
  /** Who decided it. Whoever did keeps the role, whatever groups they are in now. */
  deciders?: readonly string[];
  /** May the acting person decide it by the policy and the directory as they are now (rules/approval.ts)? */
  mayDecide?: boolean;
}

export type Permit =
  | { ok: true }
  | { ok: false; code: Extract<ErrorCode, 'Forbidden' | 'NotFound'>; reason: string };

/** May this person do this to that? Actions on a grant or a request need their subject: without one nobody is its grantee. */
export function authorize(acting: Acting, action: Action, subject: Subject = {}): Permit {
  const held = rolesFor(acting, subject);
  const entry: Entry = actions[action];
  if (holdsOne(held, entry.may)) return { ok: true };
  if (entry.sees === undefined || holdsOne(held, entry.sees))
    return { ok: false, code: 'Forbidden', reason: acting.person.active ? entry.otherwise : inactive };
  return { ok: false, code: 'NotFound', reason: 'There is nothing by this id, or it is not yours to see.' };
}

/** The roles this person holds towards that subject. Who is not active holds none. */
export function rolesFor({ person, rights: held }: Acting, subject: Subject = {}): Role[] {
  if (!person.active) return [];
  const { id } = person;
  const holds: Record<Role, boolean> = {
    anyone: true,
    grantee: subject.grantee === id,
    requester: subject.requester === id,
    manager: subject.manager === id,
    approver: subject.mayDecide === true || (subject.deciders ?? []).includes(id),
    admin: held.includes('admin'),
    responder: held.includes('responder'),
    auditor: held.includes('auditor'),
  };
  return roles.filter((role) => holds[role]);
}

/** The rights that a person's groups give. */
export function rightsOf(person: Person, groups: RightGroups): Right[] {
  return rights.filter((right) => person.groups.includes(groups[right]));
}

function holdsOne(held: readonly Role[], wanted: readonly Role[]): boolean {
  return wanted.some((role) => held.includes(role));
}
