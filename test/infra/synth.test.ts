/** `cdk synth` as a person runs it: without an account, and with faults in what they wrote. */
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStage } from '../../infra/config.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import { temporaryFolder } from '../local/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const cdk = join(root, 'node_modules', '.bin', 'cdk');

describe('cdk synth', () => {
  it('needs no account, no network and no settings', async () => {
    const out = await temporaryFolder();
    const { code, said } = await synth(out, [], {});
    expect(said).not.toMatch(/error/i);
    expect(code).toBe(0);
    const files = readdirSync(out);
    expect(files).toEqual(
      expect.arrayContaining(['curfew-production-data.template.json', 'curfew-production-app.template.json']),
    );
    expect(files.filter((file) => file.startsWith('asset.'))).toHaveLength(14);
  }, 180_000);

  it('says each of ten faults of a flow file on a line of its own, with its path, and no stack of calls', async () => {
    const folder = await temporaryFolder();
    const { code, lines } = await synth(join(folder, 'out'), [], { CURFEW_CONFIG: tenFaults(folder) });
    expect(code).toBe(1);
    expect(lines).toEqual([
      `${join(folder, 'faulty.config.ts')} has 10 faults:`,
      expect.stringMatching(/^ {2}flows\[0\]\.id: must be 1-63 lower-case/),
      '  flows[1].lifetime.default: must not be longer than max',
      '  flows[2].lifetime: is missing',
      '  flows[5].lifetyme: is not a known field',
      '  flows[6].reason.pattern: must be a regular expression',
      '  flows[7].id: "a" stands twice',
      '  flows[3].requesters[0].group: names "nobodies", which is not in groups',
      '  flows[4].approval.anyOf[0].person: names "zed", which is not in people',
      '  flows[8].entitlements[0].integration: names "gone", which is not in integrations',
      '  flows[9].entitlements[0]: orders-db does not offer orders/everything',
      'node infra/app.ts: Subprocess exited with error 1',
    ]);
  }, 60_000);

  it('says what is wrong with stage and configuration alike', async () => {
    const folder = await temporaryFolder();
    const { code, lines } = await synth(join(folder, 'out'), ['-c', 'stage=nowhere'], {
      CURFEW_CONFIG: '/none.ts',
    });
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/^There is no stage "nowhere" in config\/stages.ts: choose one of production, /),
      '/none.ts is not there: name another file with CURFEW_CONFIG',
      'node infra/app.ts: Subprocess exited with error 1',
    ]);
  }, 60_000);
});

describe('a stage with faults', () => {
  it('is refused with a line and a path for each', () => {
    const stage = {
      production: 'yes',
      account: '12',
      region: 'Frankfurt',
      oidc: { issuer: 'http://login.example.com' },
      alarms: { email: 'nobody' },
      logRetentionDays: 4,
      reservedConcurrency: { api: 0, apo: 3 },
      vpc: { subnetIds: [], securityGroupIds: ['sg-1'] },
      leaveOut: ['alarms'],
      colour: 'red',
    };
    expect(messageOf(() => readStage('prod', { prod: stage }))).toEqual([
      'config/stages.ts has faults:',
      '  prod.production: must be true or false',
      '  prod.account: must be the 12 digits of an AWS account',
      '  prod.region: must be a region of the partition aws, such as eu-central-1',
      '  prod.oidc.issuer: must be an https address',
      expect.stringMatching(/^ {2}prod\.alarms/),
      expect.stringMatching(/^ {2}prod\.logRetentionDays: must be one of/),
      '  prod.reservedConcurrency.api: must be at least 1',
      expect.stringMatching(/^ {2}prod\.reservedConcurrency/),
      '  prod.vpc.subnetIds: must have at least 1 entry',
      expect.stringMatching(/^ {2}prod\.leaveOut\[0\]: must be one of/),
      '  prod.colour: is not a known field',
    ]);
  });

  it('is refused when its name would make names that AWS does not take', () => {
    const stage = { production: true, logRetentionDays: 30 };
    expect(readStage('prod2', { prod2: stage }).name).toBe('prod2');
    for (const name of ['Prod', 'my-stage', 'p', '2prod', 'a'.repeat(21)])
      expect(messageOf(() => readStage(name, { [name]: stage }))).toHaveLength(2);
  });

  it('is not found by a name that every object has', () => {
    expect(messageOf(() => readStage('constructor'))[0]).toMatch(/^There is no stage "constructor"/);
  });
});

interface Said {
  code: number;
  said: string;
  lines: string[];
}

/** In a shell that knows nothing of AWS: no profile, no account, and no way out to the network. */
function synth(out: string, args: string[], env: Record<string, string>): Promise<Said> {
  const { PATH, HOME } = process.env;
  const nowhere = 'http://127.0.0.1:9';
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cdk, 'synth', '--quiet', '--no-notices', '--output', out, ...args],
      {
        cwd: root,
        env: {
          PATH: `${join(root, 'node_modules', '.bin')}:${PATH ?? ''}`,
          HOME: HOME ?? '/',
          https_proxy: nowhere,
          http_proxy: nowhere,
          AWS_EC2_METADATA_DISABLED: 'true',
          ...env,
        },
      },
      (error, stdout, stderr) => {
        const said = `${stdout}${stderr}`;
        const lines = stderr.split('\n').filter((line) => line.trim() !== '');
        resolve({ code: Number(error?.code ?? 0), said, lines });
      },
    );
  });
}

function messageOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof CurfewError) return error.message.split('\n');
    throw error;
  }
  throw new Error('nothing was refused');
}

function tenFaults(folder: string): string {
  const file = join(folder, 'faulty.config.ts');
  const example = JSON.stringify(join(root, 'config', 'curfew.config.ts'));
  writeFileSync(
    file,
    `import example from ${example};
    const flow = example.flows[0];
    const place = { integration: 'orders-db', resource: 'orders' };
    export default { ...example, flows: [
      { ...flow, id: 'Not An Id' },
      { ...flow, id: 'a', lifetime: { default: '2h', max: '1h' } },
      { ...flow, id: 'b', lifetime: undefined },
      { ...flow, id: 'c', requesters: [{ group: 'nobodies' }] },
      { ...flow, id: 'd', approval: { anyOf: [{ person: 'zed' }] } },
      { ...flow, id: 'e', lifetyme: '1h' },
      { ...flow, id: 'f', reason: { pattern: '(', hint: 'a ticket' } },
      { ...flow, id: 'a' },
      { ...flow, id: 'g', entitlements: [{ ...place, integration: 'gone' }] },
      { ...flow, id: 'h', entitlements: [{ ...place, permission: 'everything' }] },
    ] };`,
  );
  return file;
}
