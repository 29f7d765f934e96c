/** What is missing for grants to work and end at a cluster. */
import type { Check } from '../contract.ts';
import type { Server } from './servers.ts';

export async function check(_server: Server): Promise<Check[]> {
  return [];
}
