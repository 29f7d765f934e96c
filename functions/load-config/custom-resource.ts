/** What CloudFormation sends to a custom resource, and the answer that it waits for: a PUT to the address that it names. */
import { setTimeout as wait } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

export type Outcome = { ok: true } | { ok: false; reason: string };

/** One and the same for ever: another would make CloudFormation delete the one before. */
const physicalId = 'curfew-configuration';
/** CloudFormation takes 4 KB in all. */
const mostReasonChars = 1_500;
const tries = 5;

/** Throws when the answer could not be given: Lambda calls again, and what was loaded is not loaded twice. */
export async function answer(
  event: CloudFormationCustomResourceEvent,
  outcome: Outcome,
  firstPauseMs = 500,
): Promise<void> {
  const body = JSON.stringify({
    Status: outcome.ok ? 'SUCCESS' : 'FAILED',
    Reason: outcome.ok ? 'The configuration is loaded.' : outcome.reason.slice(0, mostReasonChars),
    PhysicalResourceId: 'PhysicalResourceId' in event ? event.PhysicalResourceId : physicalId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (await put(event.ResponseURL, body)) return;
    if (attempt < tries) await wait(firstPauseMs * 2 ** (attempt - 1));
  }
  // Without the address: whoever has it may answer in our place.
  throw new Error('CloudFormation could not be answered');
}

/** The address is signed for a body without a type. */
async function put(url: string, body: string): Promise<boolean> {
  const sent = { method: 'PUT', body: Buffer.from(body), headers: { 'content-type': '' } };
  return fetch(url, { ...sent, signal: AbortSignal.timeout(5_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
