/** The tokens of `curfew login`, by server: in `cli-token.json` of the home, for its owner alone. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const SavedToken = z.object({
  person: z.string(),
  token: z.string(),
  /** Epoch milliseconds. */
  expiresAtMs: z.number(),
});
export type SavedToken = z.infer<typeof SavedToken>;

const Contents = z.record(z.string(), SavedToken);

/** The token for a server, if one was saved. A file that cannot be read is as good as none. */
export function readToken(home: string, url: string): SavedToken | undefined {
  return readAll(home)[url];
}

/** Keeps the tokens for other servers. The file is never readable for others, not even while it is written. */
export function saveToken(home: string, url: string, token: SavedToken): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const file = fileOf(home);
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify({ ...readAll(home), [url]: token }, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function readAll(home: string): z.infer<typeof Contents> {
  try {
    return Contents.parse(JSON.parse(readFileSync(fileOf(home), 'utf8')));
  } catch {
    return {};
  }
}

function fileOf(home: string): string {
  return join(home, 'cli-token.json');
}
