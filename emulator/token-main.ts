/** `npm run --silent emulator:token -- PERSON [TTL]`: prints an access token of the issuer that runs beside the emulator. */
import { CurfewError } from '../shared/model/errors.ts';
import { tokenFrom } from './issuer.ts';
import { report } from './report.ts';
import { mustFindRunning } from './running.ts';

try {
  const [person, ttl] = process.argv.slice(2);
  if (!person)
    throw new CurfewError('Malformed', 'Whose token? npm run --silent emulator:token -- ana [30m]');
  const { issuer } = await mustFindRunning();
  process.stdout.write(`${await tokenFrom(issuer, person, ttl)}\n`);
} catch (error) {
  report(error);
  process.exitCode = 1;
}
