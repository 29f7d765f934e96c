/** A folder for one test, closed to other users as a careful person's home is, and gone with everything in it afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { removePostgres } from '../../local/postgres-remove.ts';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'curfew-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The `dataHome` of an embedded server. What is left of the server ends with the test, too. */
export async function temporaryDataHome(): Promise<string> {
  const dataHome = join(await temporaryFolder(), 'postgres');
  onTestFinished(() => removePostgres(dataHome));
  return dataHome;
}
