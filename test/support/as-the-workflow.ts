/** A connector whose calls are tried again as the workflow tries them: what says that it may work later gets another try. */
import type { Call, Connector } from '../../shared/connectors/contract.ts';
import { isCurfewError } from '../../shared/model/errors.ts';

const tries = 12;

/** `settle`: what a try waits for where the target's reads lag. */
export function asTheWorkflow(connector: Connector, settle: () => Promise<void>): Connector {
  async function patiently<T>(call: Call, work: (call: Call) => Promise<T>): Promise<T> {
    const lasts = call.deadlineMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(call);
      } catch (error) {
        const again = isCurfewError(error) && error.retryable && attempt < tries;
        // A call that was stopped or late was meant to be.
        if (!again || call.signal.aborted || lasts === 1) throw error;
        await settle();
        call = { ...call, deadlineMs: call.deadlineMs + 3_600_000 };
      }
    }
  }
  return {
    ...connector,
    prepare: (call, intent) => patiently(call, (at) => connector.prepare(at, intent)),
    grant: (call, receipt, end) => patiently(call, (at) => connector.grant(at, receipt, end)),
    extend: (call, receipt, end) => patiently(call, (at) => connector.extend(at, receipt, end)),
    revoke: (call, receipt) => patiently(call, (at) => connector.revoke(at, receipt)),
    inspect: (call, receipt) => patiently(call, (at) => connector.inspect(at, receipt)),
    credentials: (call, receipt, end) => patiently(call, (at) => connector.credentials(at, receipt, end)),
    // What did not answer is a line that is not ok: somebody asks again.
    async check(call) {
      for (let attempt = 1; ; attempt += 1) {
        const checks = await connector.check(call);
        if (attempt === tries || checks.every(({ ok }) => ok)) return checks;
      }
    },
  };
}
