/** The names of all that Curfew makes at a cluster: each carries the installation's mark. */
import { CurfewError } from '../../model/errors.ts';
import { isName } from './target.ts';

/** A login at a cluster, with the oid that outlives its name. */
export interface Login {
  name: string;
  oid: number;
  superuser: boolean;
}

/** The login made for one grant. Throws `TargetRefused` where PostgreSQL could not hold the name whole. */
export function loginName(installation: string, grantId: string): string {
  const name = `curfew_${installation}_${grantId}`;
  if (!isName(name))
    throw new CurfewError(
      'TargetRefused',
      `"${name}" is no name that PostgreSQL can hold: at most 63 bytes.`,
    );
  return name;
}

/** What a login made for a grant is known by, whatever it is called: `COMMENT ON ROLE`, which no login can change of itself. */
export function markOf(login: string): string {
  return `Made by Curfew for one grant: ${login}`;
}

/** The role without login and rights that gets what grantees made. One for each installation. */
export function estateName(installation: string): string {
  return `curfew_${installation}_estate`;
}

/** How our sessions call themselves: `quiesce` finds an earlier process's by it. */
export function applicationName(installation: string): string {
  return `curfew:${installation}`;
}
