/**
 * How items lie in DynamoDB, for the engine and for the stack that makes the table: `pk`, `sk`, `version`, `kind`, `data` (the
 * item's JSON, byte for byte), and for each index that it stands in a partition and a range attribute.
 */
import { type IndexName, indexNames } from '../model/keys.ts';

export const tableKeys = { partition: 'pk', sort: 'sk' } as const;

/** The attributes of an index, all text. The global index has the index's own name, and projects keys only. */
export function attributesOf(index: IndexName): { partition: string; sort: string } {
  return { partition: `${index}_p`, sort: `${index}_r` };
}

/** Every global index there is. */
export const globalIndexes = indexNames;
