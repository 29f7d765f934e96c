/** What is missing at a cluster for grants to work, and above all to end. Each line that is not ok says what to run. */
import { isCurfewError } from '../../model/errors.ts';
import type { Check } from '../contract.ts';
import { checkOwnLogin } from './check-own-login.ts';
import { checkPermission } from './check-permission.ts';
import { checkRoom } from './check-room.ts';
import type { Server } from './servers.ts';

/** Never throws for what it finds: a cluster that does not answer is one line that is not ok. */
export async function check(server: Server): Promise<Check[]> {
  try {
    const version = await server.use(async (session) => session.version);
    const checks = [checkVersion(version), ...(await checkOwnLogin(server)), await checkRoom(server)];
    for (const resource of Object.values(server.target.resources))
      for (const permission of Object.values(resource.permissions))
        checks.push(...(await checkPermission(server, { ...permission, database: resource.database })));
    return checks;
  } catch (error) {
    if (!isCurfewError(error)) throw error;
    return [{ name: 'reachable', ok: false, detail: error.message }];
  }
}

function checkVersion(version: number): Check {
  const major = Math.floor(version / 10_000);
  const detail =
    major < 15
      ? `PostgreSQL ${major} is too old: 15 is the oldest that Curfew was made for.`
      : major < 16
        ? 'PostgreSQL 15: memberships have no grantor of their own, and every member may SET ROLE. 16 and later are safer.'
        : `PostgreSQL ${major}.`;
  return { name: 'version', ok: major >= 15, detail };
}
