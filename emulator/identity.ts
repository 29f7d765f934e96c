/** Keys and secret of the issuer that runs beside the emulator: they stay, so that a restart breaks no token. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readOrMake } from '../local/home-files.ts';
import { type IssuerIdentity, makeIdentity } from './issuer.ts';
import { folder } from './virtual-environment.ts';

export async function identityOfHome(): Promise<IssuerIdentity> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const make = async () => JSON.stringify(await makeIdentity());
  return JSON.parse(await readOrMake(join(folder, 'issuer.json'), make)) as IssuerIdentity;
}
