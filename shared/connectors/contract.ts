/**
 * What every connector promises. `test/connectors/contract.ts` is this page as a suite, run against each connector and
 * against deliberately broken ones.
 */
import type * as z from 'zod';
import type { Integration } from '../model/config.ts';
import type { Receipt } from '../model/grant.ts';

/** What is on offer at an integration. */
export interface Offer {
  resource: string;
  resourceName: string;
  permission: string;
  permissionName: string;
  /** `account`: made for the grant. `membership`: the grantee's own login is put into a role. */
  mode: 'account' | 'membership';
}

/** What a grant asks of its target, before anything is touched. */
export interface Intent {
  grantId: string;
  resource: string;
  permission: string;
  grantee: { id: string; name: string };
  /** The grantee's own login at this target, where the directory names one. */
  login?: string | undefined;
}

/** The circumstances of one call. The connector stops at the signal, and bounds its work at the server by `deadlineMs`. */
export interface Call {
  integration: Integration;
  installation: string;
  signal: AbortSignal;
  /** Epoch milliseconds by which the call's last effect has landed, or never will. */
  deadlineMs: number;
}

export interface Reading {
  /** Is what the receipt names there? */
  present: boolean;
  /** By what the person holds this very access besides, e.g. `membership orders_oncall granted by postgres`. */
  heldBy: string[];
  /** What was read, for the record. No secrets. */
  facts: Record<string, unknown>;
}

/** What a stock client needs. The only place where a secret leaves Curfew; it is stored nowhere. */
export type Credentials = Record<string, string | number | string[]>;

export interface Check {
  /** What was looked at, in a few words. */
  name: string;
  ok: boolean;
  /** What was found and, where it is not ok, what to do. */
  detail: string;
}

/**
 * Errors: `TargetUnavailable` (did not answer, may answer later), `Throttled`, `Conflict` (all retried), `TargetRefused`
 * (will not work however often it is tried), `RevokeBlocked` (revoke only: `effective` says whether access is cut, the
 * detail names what is left and who can remove it). Set `mayLand: false` where the call certainly had no effect.
 */
export interface Connector {
  readonly kind: Integration['kind'];
  /** How an integration of this kind is configured. Never holds a secret, only its name. */
  readonly target: z.ZodType;
  /** How long reads and enforcement of the target may lag behind a change. 0: not at all. */
  readonly settleSeconds: number;
  /** The longest that one grant, extend, credentials or revoke call may take, at our side and at the server. */
  readonly callSeconds: number;
  catalog(integration: Integration): Offer[];
  /** Reads only: names every artefact, says what stood before. */
  prepare(call: Call, intent: Intent): Promise<Receipt>;
  /** Idempotent. `end`: when the target itself should end it, where it can (a backstop, later than our own end). */
  grant(call: Call, receipt: Receipt, end: Date): Promise<void>;
  /** Moves the target's own end. Fails with `TargetRefused` where the artefact is gone; never creates. */
  extend(call: Call, receipt: Receipt, end: Date): Promise<void>;
  /**
   * Idempotent; always issues the removal, whatever `receipt.stood` says. `found`: was there anything to remove. `left`:
   * what the grantee had made at the target and is still there, of no more use to anybody, or was dropped, each in a few words.
   */
  revoke(call: Call, receipt: Receipt): Promise<{ found: boolean; left?: string[] }>;
  inspect(call: Call, receipt: Receipt): Promise<Reading>;
  /** A fresh secret each call, for a present artefact until `end`; undefined where the grantee uses a login of their own. */
  credentials(call: Call, receipt: Receipt, end: Date): Promise<Credentials | undefined>;
  /** What is missing for all this to work, and what would outlive a grant. */
  check(call: Call): Promise<Check[]>;
  /** Ends every call of ours that an earlier process left running at the target: afterwards none of them can land. */
  quiesce?(call: Call): Promise<void>;
  /**
   * Shuts everybody out of everything that Curfew ever made at this integration, in one act whatever the number of grants,
   * living sessions too. Idempotent. `uncovered`: who holds access of ours that this does not reach, each in a few words.
   */
  lockdown?(call: Call): Promise<{ uncovered: string[] }>;
  /** Puts back what `lockdown` changed. Idempotent. Grants that ended meanwhile stay ended. */
  unlock?(call: Call): Promise<void>;
  /** The process may be stopped in its tracks from here on, and go on much later: nothing is held at the target meanwhile. */
  rest?(): Promise<void>;
  /** Gives back connections and timers. */
  close(): Promise<void>;
}
