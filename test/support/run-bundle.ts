/** A function as Lambda runs it: its bundle alone, in a fresh process, with nothing but the environment that it is given. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../infra/bundle.ts';

export interface Ran {
  /** What the module exports as `handler`. */
  handler: string;
  answers: unknown[];
  /** What it threw, as the runtime would see it. */
  thrown?: { name: string; message: string; stack: string; more: string[] };
  /** Everything it wrote. */
  output: string;
}

/** Bundles a function into a temporary folder, and answers with the folder. */
export function bundled(name: string): string {
  return bundle(name, mkdtempSync(join(tmpdir(), `curfew-${name}-`))).dir;
}

/** What every function may be deployed with; a test says what it needs besides. */
export const someEnvironment = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: '000000000000',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_LAMBDA_FUNCTION_NAME: 'curfew-test',
  TABLE_NAME: 'curfew-test',
  INSTALLATION: 'test',
  MACHINE_ARN: 'arn:aws:states:eu-west-1:000000000000:stateMachine:curfew-test-grant',
  SECRET_PREFIX: 'curfew/test/',
  BUS_NAME: 'curfew-test',
  EXTEND_ACCESS_ARN: 'arn:aws:lambda:eu-west-1:000000000000:function:curfew-test-extend-access:live',
  ISSUE_CREDENTIALS_ARN: 'arn:aws:lambda:eu-west-1:000000000000:function:curfew-test-issue-credentials:live',
  CHECK_INTEGRATION_ARN: 'arn:aws:lambda:eu-west-1:000000000000:function:curfew-test-check-integration:live',
  ISSUER: 'https://issuer.example',
  AUDIENCE: 'curfew',
  RIGHTS: '{"admin":"admins","responder":"responders","auditor":"auditors"}',
};

/** Loads the bundle, and hands it the events one after another; with none, it is only loaded. Throws where that fails. */
export function runBundle(dir: string, env: Record<string, string>, events: unknown[] = []): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, join(dir, 'index.mjs')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    let told: Omit<Ran, 'output'> | undefined;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('message', (message) => (told = message as Omit<Ran, 'output'>));
    child.on('close', () =>
      told ? resolve({ ...told, output }) : reject(new Error(`it did not load: ${output.slice(-500)}`)),
    );
    child.send(events);
  });
}

const script = `
const events = await new Promise((resolve) => process.once('message', resolve));
const { handler } = await import(process.argv[1]);
const began = Date.now();
const context = {
  awsRequestId: 'request-1',
  functionName: 'curfew-test',
  getRemainingTimeInMillis: () => 60_000 - (Date.now() - began),
};
const told = { handler: typeof handler, answers: [] };
try {
  for (const event of events) told.answers.push((await handler(event, context)) ?? null);
} catch (error) {
  const { name, message, stack } = error;
  told.thrown = { name, message, stack, more: Object.keys(error).filter((key) => key !== 'name') };
}
process.send(told, () => process.exit(0));
`;
