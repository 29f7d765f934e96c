/** Deploys a small stack of a test's own to the emulator, by the stock CDK command line. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type IStackSynthesizer, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { runCdk } from '../../emulator/cdk.ts';
import { hubAccount, region } from '../../emulator/start.ts';
import { emulatorUrl } from './emulator.ts';

/** `fill` puts constructs into the stack, none of which needs an asset. */
export async function deployStack(name: string, fill: (stack: Stack) => void): Promise<void> {
  const assembly = await mkdtemp(join(tmpdir(), 'curfew-stack-'));
  try {
    const app = new App({ outdir: assembly, analyticsReporting: false });
    const env = { account: hubAccount, region };
    const synthesizer = new LegacyStackSynthesizer() as IStackSynthesizer;
    fill(new Stack(app, name, { env, synthesizer }));
    app.synth();
    await runCdk(['deploy', name, '--app', assembly, '--require-approval', 'never'], {
      url: emulatorUrl(),
      account: hubAccount,
      environment: {},
      onOutput: () => undefined,
    });
  } finally {
    await rm(assembly, { recursive: true, force: true });
  }
}
