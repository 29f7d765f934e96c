/** Who deploys, for the record of the configuration: as said, else by the name that git or the system knows. */
import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';

export function whoDeploys(said: unknown): string {
  const named = typeof said === 'string' && said ? said : process.env['CURFEW_DEPLOYED_BY'];
  return (named || gitName() || userInfo().username).slice(0, 120);
}

function gitName(): string {
  try {
    return execFileSync('git', ['config', 'user.name'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}
