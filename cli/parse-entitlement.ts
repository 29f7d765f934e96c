/** `integration/resource/permission` as it is typed, checked by the contract before anything is sent. */
import { EntitlementPath } from '../shared/api/values.ts';
import type { Entitlement } from '../shared/model/flow.ts';
import { CliError } from './cli-error.ts';

/** Throws `usage`. */
export function parseEntitlement(text: string, name: string): Entitlement {
  const parsed = EntitlementPath.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CliError('usage', `"${text}" is not integration/resource/permission.`, {
    hint: `See what there is: ${name} catalog`,
  });
}
