/** The log of a local Curfew: one JSON line per entry, of named fields only, into a file of the home. */
import { appendFileSync } from 'node:fs';

export type Log = (event: string, fields?: Record<string, unknown>) => void;

/** Appends to `file` (0600). Secrets have no business in `fields`: callers pass ids, states and error texts. */
export function createLog(file: string): Log {
  return (event, fields = {}) => {
    const line = JSON.stringify({ at: new Date().toISOString(), event, ...fields });
    try {
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not stop a revocation.
    }
  };
}
