/**
 * The promises of shared/connectors/contract.ts as a suite for any connector. The cases are plain data, so that a test
 * can also run them against connectors that are broken on purpose, and see them caught.
 */
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import type { Call, Connector, Credentials, Intent } from '../../shared/connectors/contract.ts';
import type { Receipt } from '../../shared/model/grant.ts';
import { endingCases } from './contract-endings.ts';
import { grantingCases } from './contract-grants.ts';
import { roughCases } from './contract-rough.ts';

/** A connector with a target of its own, and eyes on that target that do not depend on the connector. */
export interface Subject {
  connector: Connector;
  /** A call as use cases make it, with time enough. */
  call(over?: Partial<Call>): Call;
  /** What a grant of a new id would ask, for always the same grantee. */
  intent(over?: Partial<Intent>): Intent;
  /** Intents whose names try to break out of whatever they are put into. */
  hostile(): Promise<Intent[]>;
  /** When the target itself should end it: well after the case. */
  end(seconds?: number): Date;
  /** Can the grantee really use it just now? Tried at the target itself. */
  canUse(receipt: Receipt): Promise<boolean>;
  /** Do these credentials, and nothing else, let a stock client in? */
  opens(credentials: Credentials): Promise<boolean>;
  /** The grantee uses secrets of their own: credentials only say what for. They open nothing to anybody else. */
  ownSecrets?: boolean;
  /** A session that the grantee opens now, where the target has such a thing. */
  openSession?(receipt: Receipt): Promise<{ alive(): Promise<boolean> }>;
  /** Somebody else gives the grantee the very access that the intent asks for. For shared artefacts. */
  giveStanding?(intent: Intent): Promise<void>;
  /** Does the target end access by itself at `end`? */
  endsByItself: boolean;
  /** Waits as use cases do before they believe a reading: `settleSeconds`. Left out: the target does not lag. */
  settle?(): Promise<void>;
  /** Waits as use cases do for a call that was stopped: until its effect has landed, or never will. Left out: it cannot land. */
  landed?(): Promise<void>;
  /** Do answers get lost on the way? Then nobody can say what the try before found. */
  losesAnswers?: boolean;
  /** Takes away all that a case made. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface Case {
  name: string;
  /** Left out: for every subject. */
  applies?(subject: Subject): boolean;
  /** Throws when the promise is broken. */
  run(subject: Subject): Promise<void>;
}

export const contractCases: Case[] = [...grantingCases, ...endingCases, ...roughCases];

export function describeConnectorContract(name: string, makeSubject: () => Promise<Subject>): void {
  describe(`${name} keeps the connector contract`, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await makeSubject();
    });
    afterEach(() => subject.reset());
    afterAll(() => subject?.close());
    for (const one of contractCases)
      test(one.name, async ({ skip }) => {
        if (one.applies?.(subject) === false) skip();
        await one.run(subject);
      });
  });
}
