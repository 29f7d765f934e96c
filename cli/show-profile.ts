/** How to use a role in AWS: a profile to put into `~/.aws/config`, and the commands that use it. It holds no secret. */
import type * as z from 'zod';
import type { Credentials } from '../shared/api/grant-routes.ts';
import type { GrantView } from '../shared/api/grant-view.ts';
import { clean } from './clean.ts';
import { CliError } from './cli-error.ts';
import { describeState } from './describe-grant.ts';
import type { Session } from './session.ts';

type Given = z.output<typeof Credentials>;

/** Is it a role to assume, and not a login? */
export function isRole(credentials: Given): boolean {
  return typeof credentials['roleArn'] === 'string';
}

/** Throws `usage` where it was asked for what only a database can do. */
export function showProfile(
  { out, shell }: Session,
  grant: GrantView,
  credentials: Given,
  forDatabases: { query?: string | undefined; psqlOptions: string[] },
): void {
  if (forDatabases.query !== undefined || forDatabases.psqlOptions.length > 0)
    throw new CliError('usage', 'This access is a role in AWS: queries and psql are for databases.', {
      hint: `\`curfew connect ${grant.id}\` prints the profile and the commands for it.`,
    });
  const { roleArn, region, sessionSeconds, profile, commands } = credentials;
  const lines = [
    '# For ~/.aws/config. source_profile: the profile whose user or role is your login at this account.',
    `[profile ${String(profile)}]`,
    `role_arn = ${String(roleArn)}`,
    'source_profile = default',
    `region = ${String(region)}`,
    `duration_seconds = ${String(sessionSeconds)}`,
    '',
    `# Then (the access is ${describeState(grant, shell.now())}):`,
    ...[commands ?? []].flat().map(String),
  ];
  out.result(credentials, lines.map(clean).join('\n'));
}
