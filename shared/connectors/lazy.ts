/**
 * A connector that is loaded when it is first called. Clients of databases and clouds are most of what a process loads, and
 * many never need them: a list, a refusal, an integration of another kind.
 */
import type { Connector } from './contract.ts';

/** What is known of a connector without loading it. */
export interface Facts
  extends Pick<Connector, 'kind' | 'target' | 'settleSeconds' | 'callSeconds' | 'catalog'> {
  /** Which of the optional functions it has. */
  also: ('quiesce' | 'lockdown' | 'unlock' | 'rest')[];
}

/** What a connector adds to its facts. */
export type Work = Omit<Connector, Exclude<keyof Facts, 'also'>>;

/** `load` runs once, at the first call. */
export function lazyConnector({ also, ...facts }: Facts, load: () => Promise<Work>): Connector {
  let loaded: Promise<Work> | undefined;
  const work = () => (loaded ??= load());
  const optional: Pick<Work, Facts['also'][number]> = {
    quiesce: async (call) => (await work()).quiesce?.(call),
    lockdown: async (call) => (await work()).lockdown?.(call) ?? { uncovered: [] },
    unlock: async (call) => (await work()).unlock?.(call),
    rest: async () => (await loaded)?.rest?.(),
  };
  return {
    ...facts,
    ...Object.fromEntries(also.map((name) => [name, optional[name]])),
    prepare: async (call, intent) => (await work()).prepare(call, intent),
    grant: async (call, receipt, end) => (await work()).grant(call, receipt, end),
    extend: async (call, receipt, end) => (await work()).extend(call, receipt, end),
    revoke: async (call, receipt) => (await work()).revoke(call, receipt),
    inspect: async (call, receipt) => (await work()).inspect(call, receipt),
    credentials: async (call, receipt, end) => (await work()).credentials(call, receipt, end),
    check: async (call) => (await work()).check(call),
    close: async () => (await loaded)?.close(),
  };
}
