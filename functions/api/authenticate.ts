/** Who is calling: a bearer token, verified, and the active person of the directory that it stands for. */
import { CurfewError } from '../../shared/model/errors.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Directory } from '../../shared/ports.ts';

/** What a valid token says of its subject. Rights are never taken from it. */
export interface VerifiedToken {
  sub: string;
  email?: string | undefined;
  emailVerified?: boolean | undefined;
}

/** Checks signature, issuer, audience and times. Throws, or answers with undefined, for a token that is not good. */
export type Verify = (token: string) => Promise<VerifiedToken | undefined>;

/** Throws `Unauthenticated` without a good token, `Forbidden` where the directory has no active person for it. */
export async function authenticate(
  header: string | undefined,
  verify: Verify,
  directory: Directory,
): Promise<Person> {
  const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(header ?? '')?.[1];
  if (token === undefined)
    throw new CurfewError(
      'Unauthenticated',
      'Send `Authorization: Bearer <token>`. `curfew login` gets one.',
    );
  const verified = await verify(token).catch(refuse);
  if (!verified) return refuse();
  const person = await personOf(verified, directory);
  if (person?.active) return person;
  const detail = person
    ? 'Your account is not active in the directory. Ask an admin.'
    : 'Your token is good, but the directory knows nobody by it. Ask an admin to add you.';
  throw new CurfewError('Forbidden', detail);
}

/** Only what says that the token is bad; a verifier that cannot work (no keys to be had) is not the caller's fault. */
function refuse(cause?: unknown): never {
  if (cause instanceof CurfewError) throw cause;
  const detail = 'The token is not valid, or no longer. Sign in again, for instance by `curfew login`.';
  throw new CurfewError('Unauthenticated', detail, { cause });
}

async function personOf(token: VerifiedToken, directory: Directory): Promise<Person | undefined> {
  const known = await directory.person(token.sub);
  if (known || !token.email || token.emailVerified !== true) return known;
  return directory.byEmail(token.email);
}
