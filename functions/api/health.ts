/** What is wrong with a deployed Curfew, without names: anybody may read it. */
import { keys } from '../../shared/model/keys.ts';
import type { Ports } from '../../shared/ports.ts';

/** Empty when all is well. */
export async function healthOf({ table }: Pick<Ports, 'table'>): Promise<string[]> {
  try {
    const people = await table.get(keys.directory());
    return people ? [] : ['No configuration is loaded.'];
  } catch {
    return ['The table does not answer.'];
  }
}
