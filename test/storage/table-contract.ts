/**
 * What every engine of the `Table` port must do, in its own words: the same cases for SQLite, for DynamoDB, and for a table
 * whose indexes lag (all but the cases about indexes).
 */
import { describe } from 'vitest';
import type { Open } from './table-cases.ts';
import { describeIndexes } from './table-contract-indexes.ts';
import { describeItems } from './table-contract-items.ts';
import { describePages } from './table-contract-pages.ts';
import { describeRandomWrites } from './table-contract-random.ts';
import { describeWrites } from './table-contract-writes.ts';

/** `indexes: false` leaves out the cases that an engine with lagging indexes cannot pass. */
export function describeTableContract(name: string, open: Open, { indexes = true } = {}): void {
  describe(`${name}, as a table`, () => {
    describeItems(open);
    describeWrites(open);
    describePages(open);
    if (indexes) describeIndexes(open);
    describeRandomWrites(open, { indexes });
  });
}
