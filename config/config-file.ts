/** Which file holds the configuration: for every program that reads it. */
import { join, resolve } from 'node:path';

/** `CURFEW_CONFIG`, or the example in `config/`. */
export function configFile(env: { [name: string]: string | undefined }): string {
  return resolve(env['CURFEW_CONFIG'] || join(import.meta.dirname, 'curfew.config.ts'));
}
