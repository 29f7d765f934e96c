/** Passwords as PostgreSQL stores them: only the verifier travels, so no log of the server's ever shows a password. */
import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const iterations = 4096; // PostgreSQL's own default (scram_iterations).

/** A password nobody can guess: 24 random bytes, as 32 characters that need no quoting in a URL. */
export function freshPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** The SCRAM-SHA-256 verifier of an ASCII password (RFC 5802), in the form of `pg_authid.rolpassword`. */
export async function scramVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const salted = await promisify(pbkdf2)(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
