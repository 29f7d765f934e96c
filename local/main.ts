/** `npm start`: runs Curfew in the foreground and prints where it is. Ctrl-C stops it and keeps the state. */
import { isCurfewError } from '../shared/model/errors.ts';
import { banner } from './banner.ts';
import { start } from './start.ts';

try {
  const running = await start();
  process.stdout.write(banner(running));
  process.once('SIGINT', () => void end(running.stop));
  process.once('SIGTERM', () => void end(running.stop));
} catch (error) {
  // What we say on purpose needs no stack trace; anything else does.
  process.stderr.write(
    isCurfewError(error)
      ? `curfew: ${error.message}\n`
      : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

async function end(stop: () => Promise<void>): Promise<void> {
  process.stdout.write('\nStopping. What falls due meanwhile ends first at the next start.\n');
  await stop();
  process.exit(0);
}
