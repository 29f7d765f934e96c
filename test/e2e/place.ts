/** A place that grants lead to, as the suite sees it: what can be asked for there, and stock clients that try what was given. */
import type { Wanted } from '../support/asking.ts';
import { until } from '../support/until.ts';

/** Tries it. False: the place refuses. Throws where nobody can tell. */
export type Use = () => Promise<boolean>;

export interface Access {
  /** Signs in anew and reads. */
  use: Use;
  /** Signs in now; what it answers with tries that very session, however much later. */
  open(): Promise<Use>;
}

export interface Place {
  name: string;
  /** All can be asked for by ana, ben and cleo, whose manager is mia; dora owns the data, sam is security. */
  offers: {
    /** Approved at once. */
    automatic: Wanted;
    /** Approved by dora or mia. */
    anyOf: Wanted;
    /** Approved by dora and by sam. */
    allOf: Wanted;
    /** Approved by dora, within a few seconds. */
    soon: Wanted;
    /** Approved at once; puts the person's own login into a role or group. */
    membership: Wanted;
  };
  /** How long Curfew waits before it calls something gone, because the place's own reads may lag. */
  settleSeconds: number;
  /** What the grantee of an active grant works with. */
  enter(who: string, grantId: string): Promise<Access>;
  /** What a person does with their own login, grant or no grant. */
  asThemselves(who: string): Promise<Access>;
  /** Makes somebody a member by hand, as Curfew did not; answers with the way back. */
  makeMember(who: string): Promise<() => Promise<void>>;
}

/** It works now, or as soon as the place enforces what Curfew changed there. */
export function expectWorks(use: Use, { settleSeconds }: Place): Promise<void> {
  return until(use, settleSeconds, 1_000);
}
