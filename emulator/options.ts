/** What the commands that deploy to the emulator are told on their command line. */
import { parseArgs } from 'node:util';
import { CurfewError } from '../shared/model/errors.ts';
import { inShort } from './progress.ts';

export interface Told {
  /** For what the CDK command line says. */
  onOutput: (text: string) => void;
}

/** Undefined when all that was wanted is help. Throws `Malformed` for what it does not know. */
export function readOptions(command: string, about: string): Told | undefined {
  const { verbose, help } = parse(command);
  const write = (text: string) => void process.stdout.write(text);
  if (!help) return { onOutput: verbose ? write : inShort(write) };
  write(`npm run ${command} [-- --verbose]

${about}

  --verbose  show everything that the CDK command line says
  --help     show this, and do nothing
`);
  return undefined;
}

function parse(command: string): { verbose?: boolean | undefined; help?: boolean | undefined } {
  const options = { verbose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const [why] = (error as Error).message.split('. ');
    throw new CurfewError('Malformed', `${why}. See \`npm run ${command} -- --help\`.`);
  }
}
