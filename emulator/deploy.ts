/**
 * Deploys the stage `emulator` to an AWS emulator with the stock CDK command line: synth once, then each account of the
 * assembly (Curfew's own, and the target accounts) is bootstrapped and gets its stacks.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { names } from '../infra/names.ts';
import { CurfewError } from '../shared/model/errors.ts';
import { runCdk } from './cdk.ts';
import { mustBeComplete } from './stack-status.ts';
import { hubAccount } from './start.ts';

export interface Deployment {
  /** Of the emulator. */
  url: string;
  /** What the app reads: CURFEW_CONFIG, and what that file reads. */
  environment?: Record<string, string>;
  /** Who deploys, for the record. */
  deployedBy?: string;
  /** Told what the command line says. */
  onOutput?: (text: string) => void;
}

export interface Deployed {
  /** Outputs of the app's stack; `ApiUrl` is an address that every client of this machine can call. */
  outputs: Outputs;
  seconds: number;
}

const Outputs = z.object({
  ApiUrl: z.url(),
  MachineArn: z.string(),
  SecretPrefix: z.string(),
  TableName: z.string(),
  BusName: z.string(),
});
export type Outputs = z.infer<typeof Outputs>;

const stage = { name: 'emulator' };

/** May be called again, with another configuration: then it is an update. Throws `Unavailable` with the last words of what failed. */
export async function deployToEmulator(deployment: Deployment): Promise<Deployed> {
  const { url, environment = {}, onOutput = () => undefined } = deployment;
  const startedAt = performance.now();
  const assembly = await mkdtemp(join(tmpdir(), 'curfew-assembly-'));
  const cdk = (account: string, ...args: string[]) => runCdk(args, { url, account, environment, onOutput });
  try {
    const by = deployment.deployedBy ? ['-c', `deployedBy=${deployment.deployedBy}`] : [];
    await cdk(hubAccount, 'synth', '--quiet', '--output', assembly, '-c', `stage=${stage.name}`, ...by);
    const places = await placesOf(assembly);
    await Promise.all(
      places.map(({ account, place }) => cdk(account, 'bootstrap', place, '--app', assembly)),
    );
    // Target accounts trust the functions by name and this account as a whole: neither need be there yet.
    await Promise.all(places.map((one) => cdk(one.account, ...deployArguments(one, assembly))));
    for (const { account, stacks } of places)
      for (const stack of stacks) await mustBeComplete(url, account, stack);
    const outputs = await outputsOf(assembly, url);
    return { outputs, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
  } finally {
    await rm(assembly, { recursive: true, force: true });
  }
}

interface Place {
  account: string;
  /** As the command line names it: `aws://<account>/<region>`. */
  place: string;
  /** Ids of the stacks that go there. */
  stacks: string[];
}

const Manifest = z.object({
  artifacts: z.record(z.string(), z.object({ type: z.string(), environment: z.string().optional() })),
});

async function placesOf(assembly: string): Promise<Place[]> {
  const { artifacts } = Manifest.parse(JSON.parse(await readFile(join(assembly, 'manifest.json'), 'utf8')));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const byPlace = Map.groupBy(stacks, ([, { environment }]) => environment ?? '');
  return [...byPlace].map(([place, those]) => ({
    place,
    account: /^aws:\/\/(\d{12})\//.exec(place)?.[1] ?? hubAccount,
    stacks: those.map(([id]) => id),
  }));
}

function deployArguments({ account, stacks }: Place, assembly: string): string[] {
  const file = outputsFile(assembly, account);
  return ['deploy', ...stacks, '--app', assembly, '--require-approval', 'never', '--outputs-file', file];
}

function outputsFile(assembly: string, account: string): string {
  return join(assembly, `outputs-${account}.json`);
}

async function outputsOf(assembly: string, url: string): Promise<Outputs> {
  const text = await readFile(outputsFile(assembly, hubAccount), 'utf8');
  const of = JSON.parse(text) as Record<string, Partial<Outputs>>;
  const outputs = { ...of[names.stack(stage, 'data')], ...of[names.stack(stage, 'app')] } as Outputs;
  if (!outputs.ApiUrl)
    throw new CurfewError('Unavailable', 'The stack of the app has no outputs: see what cdk said above.');
  return { ...outputs, ApiUrl: callable(outputs.ApiUrl, url) };
}

/** Not every machine resolves `<id>.execute-api.localhost`: the emulator answers the same under a path. */
function callable(apiUrl: string, url: string): string {
  return `${url}/_aws/execute-api/${new URL(apiUrl).hostname.split('.')[0]}`;
}
