/** What can be said behind `npm start --`. */
import { parseArgs } from 'node:util';
import { CurfewError } from '../shared/model/errors.ts';

export interface Arguments {
  /** Adds the AWS account of the process's own credentials as a second target. */
  aws: boolean;
  help: boolean;
}

export const help = `
npm start [-- options]     runs Curfew on this machine

  --aws     add the AWS account of your own credentials (AWS_PROFILE, AWS_REGION,
            AWS_ENDPOINT_URL and the like) as a second target, "aws-account"
  --help    this text

README.md says which environment variables there are.
`;

/** Throws `Malformed` with the help for anything else. */
export function readArguments(args: string[]): Arguments {
  try {
    const { values } = parseArgs({
      args,
      options: {
        aws: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
    return values;
  } catch {
    const wrong = args.filter((one) => !['--aws', '--help', '-h'].includes(one)).join(' ');
    throw new CurfewError('Malformed', `npm start does not know "${wrong}".\n${help.trimEnd()}`);
  }
}
