/** Runs the CDK command line of this repository against an emulator, as the root of one of its accounts. */
import { join } from 'node:path';
import { CurfewError } from '../shared/model/errors.ts';
import { byLine } from './progress.ts';
import { run } from './run.ts';
import { region } from './start.ts';

export interface CdkOptions {
  /** Of the emulator. */
  url: string;
  account: string;
  /** What the app reads besides, such as CURFEW_CONFIG. */
  environment: Record<string, string>;
  /** Told whole lines. */
  onOutput: (text: string) => void;
}

const root = join(import.meta.dirname, '..');
const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const timeoutSeconds = 300;
const lastLines = 40;

/** Throws `Unavailable` with what it said last when it fails. */
export async function runCdk(args: string[], options: CdkOptions): Promise<void> {
  const lines = byLine(options.onOutput);
  const { ok, output } = await run(process.execPath, [cdk, ...args, '--no-notices', '--ci'], {
    cwd: root,
    env: environment(options),
    timeoutSeconds,
    onOutput: lines.take,
  });
  lines.end();
  if (ok) return;
  const last = output.trim().split('\n').slice(-lastLines).join('\n');
  throw new CurfewError('Unavailable', `cdk ${args[0]} failed:\n${last}`);
}

/** Nothing of this machine's own AWS set-up: a profile of its owner must never be what deploys. */
function environment({ url, account, environment: more }: CdkOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(':'),
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'emulator',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...more,
  };
}
