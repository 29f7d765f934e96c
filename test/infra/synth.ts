/** Stacks as templates, from the example configuration or another. What the functions are made of does not show in them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll } from 'vitest';
import exampleConfig from '../../config/curfew.config.ts';
import { readStage, type Stage } from '../../infra/config.ts';
import { functionNames } from '../../infra/function-names.ts';
import { addStacks } from '../../infra/stacks.ts';
import { Config, type ConfigInput } from '../../shared/model/config.ts';

export interface Resource {
  Type: string;
  Properties: Record<string, any>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string[];
  Condition?: string;
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
  Parameters?: Record<string, any>;
}

export interface Synthesised {
  app: App;
  /** The assembly's folder. */
  dir: string;
  /** By the part of the name behind the stage: `data`, `app`, `target`. */
  stacks: Record<string, Template>;
}

/** The account that stands for an example target. */
export const targetAccount = '222222222222';

export const awsIntegration = (account: string, id = 'sandbox') => ({
  id,
  name: 'Sandbox',
  kind: 'aws-iam' as const,
  environment: 'production',
  target: {
    account,
    externalId: `curfew-example-${account}`,
    region: 'eu-west-1',
    resources: {
      reports: {
        permissions: {
          read: { buckets: ['example-reports'], access: 'read' },
          admins: { group: 'report-admins' },
        },
      },
    },
  },
});

/** The example organisation with an AWS account as a second target. */
export const configInput: ConfigInput = {
  ...exampleConfig,
  oidc: { issuer: 'https://login.example.com', audience: 'curfew' },
  integrations: [...exampleConfig.integrations, awsIntegration(targetAccount)],
};

export const stageOf = (name: string, changes: Partial<Stage> = {}): Stage => ({
  ...readStage(name),
  ...changes,
});

const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'curfew-infra-'));
  made.push(dir);
  return dir;
}

/** Folders with a file that stands for each function's bundle. */
function bundleFolder(): string {
  const dir = folder();
  for (const name of functionNames) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'index.mjs'), `export const handler = '${name}';`);
  }
  return dir;
}

export function synth(stage: Stage, config: ConfigInput = configInput): Synthesised {
  const dir = folder();
  const app = new App({ outdir: dir, analyticsReporting: false });
  addStacks(app, { stage, config: Config.parse(config), deployedBy: 'ana', bundles: bundleFolder() });
  const { stacks } = app.synth();
  const prefix = `curfew-${stage.name}-`;
  return {
    app,
    dir,
    stacks: Object.fromEntries(
      stacks.map((stack) => [
        stack.stackName.replace(prefix, ''),
        JSON.parse(readFileSync(stack.templateFullPath, 'utf8')) as Template,
      ]),
    ),
  };
}
