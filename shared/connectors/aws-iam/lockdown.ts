/**
 * Lock-down: one new default version of the boundary denies everything to every role made for a grant, whatever their number,
 * and to the sessions that are open. The versions are Curfew's own; IAM keeps five, and one place is always left for the next.
 */
import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  type PolicyVersion,
} from '@aws-sdk/client-iam';
import type { Account } from './account.ts';
import { boundaryLocked, boundaryOpen, type BoundaryState, boundaryState } from './boundary.ts';
import { boundaryArn, type Duty } from './names.ts';
import { allPages, gone } from './paged.ts';
import { type PolicyDocument, textOf } from './policy.ts';
import { refused } from './refused.ts';
import { awsCode } from './translate-error.ts';

const mostVersions = 4;
const mostTries = 3;

export function lockDown(account: Account): Promise<void> {
  return putDefault(account, 'locked', boundaryLocked);
}

export function unlock(account: Account): Promise<void> {
  return putDefault(account, 'open', boundaryOpen);
}

/** What the boundary says just now; undefined where it is not there. */
export async function readBoundary(
  account: Account,
  duty: Duty = 'reader',
): Promise<{ state: BoundaryState; versions: PolicyVersion[] } | undefined> {
  const PolicyArn = boundaryArn(account.target.account);
  const versions = await gone(
    allPages(
      (Marker) => account.read(new ListPolicyVersionsCommand({ PolicyArn, Marker }), duty),
      (page) => page.Versions,
    ),
  );
  const VersionId = versions?.find(({ IsDefaultVersion }) => IsDefaultVersion)?.VersionId;
  if (!versions || VersionId === undefined) return undefined;
  const found = await account.read(new GetPolicyVersionCommand({ PolicyArn, VersionId }), duty);
  return { state: boundaryState(found.PolicyVersion?.Document), versions };
}

/** Idempotent. Somebody else may make versions at the same time: then it is looked at anew. */
async function putDefault(account: Account, state: BoundaryState, document: PolicyDocument): Promise<void> {
  for (let tries = 1; ; tries++) {
    const found = await readBoundary(account, 'revoker');
    if (!found)
      throw refused(
        `Account ${account.target.account} has no policy ${boundaryArn(account.target.account)}: deploy its target stack (docs/connectors/aws-iam.md).`,
      );
    if (found.state === state) return tidy(account, found.versions, mostVersions);
    try {
      // Before and not after: the one that matters must not fail for want of a place.
      await tidy(account, found.versions, mostVersions);
      return await makeDefault(account, document, found.versions.length);
    } catch (error) {
      const again = ['LimitExceeded', 'NoSuchEntity', 'DeleteConflict'].includes(awsCode(error) ?? '');
      if (!again || tries >= mostTries) throw error;
    }
  }
}

async function makeDefault(account: Account, document: PolicyDocument, before: number): Promise<void> {
  const PolicyArn = boundaryArn(account.target.account);
  const PolicyDocument = textOf(document);
  await account.change(
    'revoker',
    new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }),
  );
  if (before < mostVersions) return;
  // The place that was used is made free again. What matters is done: a failure here is the next flip's to mend.
  const found = await readBoundary(account, 'revoker').catch(() => undefined);
  if (found) await tidy(account, found.versions, mostVersions).catch(() => undefined);
}

/** Deletes the oldest versions beyond so many, never the default. */
async function tidy(account: Account, versions: PolicyVersion[], keep: number): Promise<void> {
  const PolicyArn = boundaryArn(account.target.account);
  const old = versions
    .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .toSorted((one, other) => numberOf(one) - numberOf(other));
  for (const { VersionId } of old.slice(0, Math.max(0, versions.length - keep)))
    await gone(account.change('revoker', new DeletePolicyVersionCommand({ PolicyArn, VersionId })));
}

function numberOf({ VersionId }: PolicyVersion): number {
  return Number(VersionId?.slice(1));
}
