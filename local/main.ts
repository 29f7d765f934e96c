/** `npm start`: runs Curfew in the foreground and prints where it is. Ctrl-C stops it and keeps the state. */
import { isCurfewError } from '../shared/model/errors.ts';
import { help, readArguments } from './arguments.ts';
import { banner } from './banner.ts';
import { start } from './start.ts';

try {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  const running = await start(asked);
  process.stdout.write(banner(running));
  process.once('SIGINT', () => void end(running.stop));
  process.once('SIGTERM', () => void end(running.stop));
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`curfew: ${message}\n`);
  // What is said on purpose needs no more; of anything else somebody may want to see where it came from.
  if (!isCurfewError(error))
    process.stderr.write(process.env['CURFEW_DEBUG'] ? `${stack}\n` : 'CURFEW_DEBUG=1 shows where.\n');
  process.exit(1);
}

async function end(stop: () => Promise<void>): Promise<void> {
  process.stdout.write('\nStopping. What falls due meanwhile ends first at the next start.\n');
  await stop();
  process.exit(0);
}
