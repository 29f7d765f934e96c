/** The command line as a whole: every command, in the order in which people meet them, and the help that surrounds them. */
import { type Argument, Command, Help } from 'commander';
import { access } from './commands/access.ts';
import { approve } from './commands/approve.ts';
import { cancel } from './commands/cancel.ts';
import { catalog } from './commands/catalog.ts';
import { check } from './commands/check.ts';
import { connect } from './commands/connect.ts';
import { explain } from './commands/explain.ts';
import { extend } from './commands/extend.ts';
import { flows } from './commands/flows.ts';
import { grants } from './commands/grants.ts';
import { login } from './commands/login.ts';
import { reject } from './commands/reject.ts';
import { request } from './commands/request.ts';
import { requests } from './commands/requests.ts';
import { revoke } from './commands/revoke.ts';
import { show } from './commands/show.ts';
import { whoami } from './commands/whoami.ts';
import { exitCodes, type ExitName, exitMeanings } from './exit-codes.ts';
import type { Shell } from './shell.ts';

type Make = (shell: Shell) => Command;

const groups: [heading: string, commands: Make[]][] = [
  ['Getting in:', [login, catalog, request, access, connect, extend, revoke]],
  ['Requests:', [requests, approve, reject, cancel]],
  ['Looking:', [show, grants, flows, explain, check, whoami]],
];

/** Throws CommanderError for a command line that is not right, and after help was shown. */
export function createProgram(shell: Shell, version: string): Command {
  const program = new Command('curfew')
    .description('Access for a limited time, which always ends.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description('print the help of a command')
        .helpGroup('Looking:'),
    )
    .configureHelp({
      visibleCommands: (command) => new Help().visibleCommands(command).flatMap(withInner),
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
    })
    .addHelpText('after', after(shell));
  for (const [heading, commands] of groups)
    for (const make of commands) program.addCommand(make(shell).helpGroup(heading));
  return quiet(program, shell);
}

/** Errors are thrown, and shown where every error is. */
function quiet(program: Command, shell: Shell): Command {
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command
      .exitOverride()
      .helpOption('-h, --help', 'print this')
      .configureOutput({ writeOut: (text) => void shell.stdout.write(text), writeErr: () => undefined });
  return program;
}

/** A command, and after it the verbs within it, as lines of the help: `flows`, `flows plan`. */
function withInner(command: Command): Command[] {
  const inner = command.commands.map((one) =>
    new Command(`${command.name()} ${one.name()}`).summary(one.summary()).helpGroup(command.helpGroup()),
  );
  return [command, ...inner];
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

function after({ name }: Shell): string {
  const codes = (Object.keys(exitCodes) as ExitName[]).map(
    (exit) => `  ${String(exitCodes[exit]).padStart(3)}  ${exitMeanings[exit]}`,
  );
  return `
A first round, with a local server (npm start):
  $ ${name} login --as ana
  $ ${name} request orders-db/orders/read --for 5m --reason "Having a look"
  $ ${name} connect --query "select count(*) from orders"
  $ ${name} revoke

Grants and requests are named by their id, or by any beginning or ending of it that means only one.

Environment:
  CURFEW_URL    the server (default: the local one, found by .curfew/server.json here, above, or beside this package)
  CURFEW_TOKEN  an access token, in place of \`login\`
  CURFEW_HOME   the home of the local server (default: .curfew)
  NO_COLOR      no colours
  CURFEW_DEBUG  where an unexpected error came from

Exit codes:
${codes.join('\n')}`;
}
