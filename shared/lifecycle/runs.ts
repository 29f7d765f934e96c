/** Runs as items: the run itself, found by when it goes on; its entries in parts; and an outcome for each grant. */
import { isCurfewError } from '../model/errors.ts';
import { type Event, noHash, type Said } from '../model/events.ts';
import { keys, partitions } from '../model/keys.ts';
import { Run, type RunEntry, RunResult } from '../model/run.ts';
import { toInstant } from '../model/time.ts';
import type { Item, Ports, Write } from '../ports.ts';
import { eventItem } from './items.ts';

type NewItem = Omit<Item, 'version'>;

export interface LoadedRun {
  run: Run;
  version: number;
}

/** So many entries are one item (about 45 KB), and so many items one write. */
export const entriesPerPart = 500;

export async function readRun(ports: Pick<Ports, 'table'>, id: string): Promise<LoadedRun | undefined> {
  const item = await ports.table.get(keys.run(id));
  return item && { run: Run.parse(item.data), version: item.version };
}

/** Ids of the runs that somebody must go on with. */
export async function dueRunIds(ports: Pick<Ports, 'table' | 'clock'>): Promise<string[]> {
  const to = toInstant(ports.clock.now() + 1);
  const { items } = await ports.table.query<Pick<Run, 'id'>>({
    index: 'due',
    partition: partitions.runs(),
    to,
    limit: 50,
  });
  return items.map(({ data }) => data.id);
}

/** A new run with its first event. */
export function newRun(run: Omit<Run, 'chain'>, said: Said): Write[] {
  const event = runEvent({ ...run, chain: { seq: 0, hash: noHash } }, null, run.state, said, run.startedAt);
  const chain = { seq: 1, hash: event.hash };
  return [{ put: runItem({ ...run, chain }), expect: 'absent' }, event.write];
}

/** Writes a run's next version, with an event where something is said. Throws `Conflict` when somebody else is at it. */
export async function saveRun(
  ports: Pick<Ports, 'table' | 'clock'>,
  { run: before, version }: LoadedRun,
  patch: Partial<Run>,
  said?: Said,
): Promise<LoadedRun> {
  const run = { ...before, ...patch };
  const at = toInstant(ports.clock.now());
  const event = said && runEvent(before, before.state, run.state, said, at);
  if (event) run.chain = { seq: before.chain.seq + 1, hash: event.hash };
  await ports.table.write([{ put: runItem(run), expect: version }, ...(event ? [event.write] : [])]);
  return { run, version: version + 1 };
}

/** The entries as items, `entriesPerPart` in each. */
export function partWrites(runId: string, entries: RunEntry[]): Write[] {
  const writes: Write[] = [];
  for (let at = 0; at < entries.length; at += entriesPerPart) {
    const data = { schema: 1, entries: entries.slice(at, at + entriesPerPart) };
    const key = keys.runPart(runId, at / entriesPerPart);
    writes.push({ put: { ...key, kind: 'run-part', index: {}, data }, expect: 'absent' });
  }
  return writes;
}

/** At most `most` entries from `position` on, all of one part. */
export async function readEntries(
  ports: Pick<Ports, 'table'>,
  { id, position }: Run,
  most: number,
): Promise<RunEntry[]> {
  const part = Math.floor(position / entriesPerPart);
  const item = await ports.table.get<{ entries: RunEntry[] }>(keys.runPart(id, part));
  const at = position % entriesPerPart;
  return item?.data.entries.slice(at, at + most) ?? [];
}

export async function readResult(
  ports: Pick<Ports, 'table'>,
  runId: string,
  grantId: string,
): Promise<RunResult | undefined> {
  const item = await ports.table.get(keys.runOutcome(runId, grantId));
  return item && RunResult.parse(item.data);
}

export function resultWrite(runId: string, result: RunResult): Write {
  const put = { ...keys.runOutcome(runId, result.grantId), kind: 'run-outcome', index: {}, data: result };
  return { put, expect: 'absent' };
}

/** Keeps a result, unless there is one: then that one counts. */
export async function keepResult(
  ports: Pick<Ports, 'table'>,
  runId: string,
  result: RunResult,
): Promise<RunResult> {
  try {
    await ports.table.write([resultWrite(runId, result)]);
    return result;
  } catch (error) {
    const kept = isCurfewError(error, 'Conflict')
      ? await readResult(ports, runId, result.grantId)
      : undefined;
    if (!kept) throw error;
    return kept;
  }
}

function runItem(run: Run): NewItem {
  const due = run.dueAt && { partition: partitions.runs(), range: `${run.dueAt}#${run.id}` };
  return { ...keys.run(run.id), kind: 'run', index: due ? { due } : {}, data: run };
}

/** Not of a grant, and in a chain all the same: the run's own. */
function runEvent(run: Run, before: string | null, after: string, said: Said, at: string) {
  const { id, chain } = run;
  const seq = chain.seq + 1;
  const event: Event = {
    schema: 1,
    id: `${id}-${seq}`,
    grantId: id,
    requestId: '',
    seq,
    type: said.type,
    at,
    actor: said.actor,
    ...(said.cause !== undefined && { cause: said.cause }),
    ...(said.reason !== undefined && { reason: said.reason }),
    before,
    after,
    correlationId: id,
    details: said.details ?? {},
    prevHash: chain.hash,
  };
  return eventItem(event);
}
