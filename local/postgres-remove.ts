/** Takes the embedded server's data away, wherever it is, and the server with it that a killed process left running. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stopLeftBehind } from './postgres-left-behind.ts';
import { findPlace } from './postgres-place.ts';

/** Removes all of `dataHome` and what it points to. Nobody else may be using it. */
export async function removePostgres(dataHome: string): Promise<void> {
  const place = await findPlace(dataHome);
  await stopLeftBehind(place.data);
  if (place.runAs) await rm(dirname(place.data), { recursive: true, force: true });
  await rm(place.home, { recursive: true, force: true });
}
