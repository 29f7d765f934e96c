/**
 * A process that can die: from then on nothing it does reaches table or target, and it hears no answer any more. What it
 * had sent to the target already may still land there. Dying can be arranged at the n-th effect: a table write or a call.
 */
import type { Connector } from '../../shared/connectors/contract.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { Clock, Table, Write } from '../../shared/ports.ts';
import type { FakeTarget } from './fake-target.ts';

/** Around an effect: before it, after it (the answer lost), or with the effect landing some seconds later. */
export type Death = 'before' | 'after' | 'later';

/** What else can happen to a write, in a process that lives on: an error instead of it, or after it was made. */
export type TableFault = 'refused' | 'answer lost';

export interface Life {
  dead: boolean;
  /** Resolves when it dies. */
  died: Promise<void>;
  /** Ends it at once. */
  end(): void;
  /** Table writes and connector calls so far. */
  effects: number;
  /** The next writes meet these, one after another. */
  tableFaults: (TableFault | undefined)[];
  /** Asked before each effect: does the process die at it? */
  diesAt: (effect: number, name: string, life: Life) => Death | undefined;
}

export function createLife(diesAt: Life['diesAt'] = () => undefined): Life {
  const { promise, resolve } = Promise.withResolvers<void>();
  const life: Life = {
    dead: false,
    died: promise,
    effects: 0,
    tableFaults: [],
    diesAt,
    end() {
      life.dead = true;
      resolve();
    },
  };
  return life;
}

export function mortalTable(table: Table, life: Life): Table {
  const read = <T>(work: () => Promise<T>) =>
    life.dead ? never<T>() : work().then((value) => unlessDead(life, value));
  return {
    get: (key) => read(() => table.get(key)),
    query: (query) => read(() => table.query(query)),
    write: (writes) => effect(life, 'write', () => faultyWrite(table, writes, life.tableFaults.shift())),
  };
}

async function faultyWrite(table: Table, writes: Write[], fault: TableFault | undefined): Promise<void> {
  if (fault !== 'refused') await table.write(writes);
  if (fault) throw new CurfewError('Unavailable', `the table: ${fault}`);
}

const verbs = ['prepare', 'grant', 'extend', 'revoke', 'inspect', 'credentials', 'quiesce'] as const;

export function mortalConnector(connector: FakeTarget, life: Life, clock: Clock): Connector {
  const mortal: Record<string, unknown> = { ...connector };
  for (const verb of verbs) {
    if (!connector[verb]) continue;
    // Looked up at each call: a test may have replaced it.
    const method = (...all: unknown[]) =>
      (connector[verb] as (...all: unknown[]) => Promise<unknown>)(...all);
    mortal[verb] = (call: { deadlineMs: number }, ...rest: unknown[]) => {
      const late = Math.min(clock.now() + 3000, call.deadlineMs - 1);
      const { quieted } = connector;
      const landing = () => clock.sleepUntil(late).then(() => connector.quieted === quieted);
      return effect(life, verb, () => method(call, ...rest), landing);
    };
  }
  return mortal as unknown as Connector;
}

async function effect<T>(
  life: Life,
  name: string,
  work: () => Promise<T>,
  /** Waits; false when the target has ended the call meanwhile. */
  landing?: () => Promise<boolean>,
): Promise<T> {
  if (life.dead) return never<T>();
  const death = life.diesAt(++life.effects, name, life);
  if (death !== undefined) life.end();
  if (death === 'before' || (death === 'later' && !landing)) return never<T>();
  if (death === 'later' && !(await landing?.())) return never<T>();
  const result = work();
  if (death !== undefined) void result.catch(() => undefined);
  return result.then(
    (value) => unlessDead(life, value),
    (error: unknown) => unlessDead(life, Promise.reject(error)),
  );
}

/** Nobody is there to hear it. */
function unlessDead<T>(life: Life, value: T | Promise<T>): Promise<T> {
  if (!life.dead) return Promise.resolve(value);
  void Promise.resolve(value).catch(() => undefined);
  return never<T>();
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
