/** Somebody reads how far a run is, and what became of each grant. */
import { type Page, type Paging, readPage } from '../lifecycle/read-page.ts';
import { readRun } from '../lifecycle/runs.ts';
import { demand } from '../lifecycle/who.ts';
import { CurfewError } from '../model/errors.ts';
import { keys } from '../model/keys.ts';
import type { Person } from '../model/person.ts';
import { type Run, RunResult } from '../model/run.ts';
import type { Ports } from '../ports.ts';

export interface SeenRun extends Page<RunResult> {
  run: Run;
}

/** Throws `NotFound` for one that is not there, or not theirs to see, and `Malformed` for a cursor of another list. */
export async function getRun(
  ports: Ports,
  { by, runId, paging }: { by: Person; runId: string; paging: Paging },
): Promise<SeenRun> {
  const run = (await readRun(ports, runId))?.run;
  demand(ports, by, 'run.read', run ? { requester: run.by.id } : {});
  if (!run) throw new CurfewError('NotFound', 'There is no run by this id, or it is not yours to see.');
  const query = { partition: keys.run(runId).pk, from: 'GRANT#', to: 'GRANT$' };
  const source = { query, read: async ({ data }: { data: unknown }) => [RunResult.parse(data)] };
  const page = await readPage(ports, [source], { list: ['run', by.id, runId], paging, keep: () => true });
  return { run, ...page };
}
