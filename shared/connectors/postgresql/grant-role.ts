/** Puts a login into a role, so that it can use its privileges and no more. */
import { escapeIdentifier } from 'pg';
import type { Session } from './open-session.ts';

/**
 * From 16 on without SET: what a grantee makes is then the login's own, never the role's, and no session keeps the role
 * after the membership ended. Before 16 a membership cannot be had without SET ROLE.
 */
export async function grantRole(session: Session, role: string, login: string): Promise<void> {
  const how = session.version >= 160_000 ? ' WITH INHERIT TRUE, SET FALSE' : '';
  await session.query(`GRANT ${escapeIdentifier(role)} TO ${escapeIdentifier(login)}${how}`);
}
