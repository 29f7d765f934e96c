/** `curfew whoami`: who the server takes you for, and what that gives you. */
import type { Command } from 'commander';
import { routes } from '../../shared/api/routes.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { pairs } from '../table.ts';
import { timeAndDistance } from '../times.ts';
import { verb } from '../verb.ts';

export function whoami(shell: Shell): Command {
  return verb<[], object>(shell, {
    usage: 'whoami',
    summary: 'show who you are signed in as',
    examples: ['whoami', 'whoami --json'],
    run,
  });
}

async function run(session: Session): Promise<void> {
  const { out, shell } = session;
  const { body } = await session.client().call(routes.showMe);
  const { person, groups, rights } = body;
  const token = session.token();
  const until = token.expiresAtMs === undefined ? undefined : new Date(token.expiresAtMs).toISOString();
  const logins = Object.entries(person.logins).map(([integration, login]) => `${login} at ${integration}`);
  const text = pairs(out, [
    ['person', `${person.name} (${person.id}), ${person.email}`],
    ['manager', person.manager],
    ['groups', groups.join(', ') || 'none'],
    ['rights', rights.join(', ') || 'none beyond everybody’s'],
    ['own logins', logins.join(', ') || undefined],
    ['server', session.server().url],
    ['signed in', until === undefined ? `by ${token.from}` : `until ${timeAndDistance(until, shell.now())}`],
  ]);
  out.result(
    { ...body, server: session.server().url, ...(until !== undefined && { signedInUntil: until }) },
    text,
  );
}
