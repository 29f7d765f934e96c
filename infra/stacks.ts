/** The stacks of a stage, from its configuration: data, the app, and one for each target account. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type App,
  Aws,
  CliCredentialsStackSynthesizer,
  type IStackSynthesizer,
  type StackProps,
} from 'aws-cdk-lib';
import type { Config, Oidc } from '../shared/model/config.ts';
import { CurfewError } from '../shared/model/errors.ts';
import { AppStack } from './app-stack.ts';
import { bundle } from './bundle.ts';
import type { Stage } from './config.ts';
import { writeConfig } from './constructs/config-load.ts';
import { DataStack } from './data-stack.ts';
import { functionNames } from './function-names.ts';
import { names } from './names.ts';
import { TargetStack } from './target-stack.ts';
import { type TargetAccount, targetAccountsOf } from './target-accounts.ts';

export interface Wanted {
  stage: Stage;
  config: Config;
  /** Who deploys, for the record. */
  deployedBy: string;
  /** An empty folder, or one with the functions' bundles already. It is of no use once the stacks are there. */
  bundles: string;
}

/** Throws `Malformed` where stage and configuration do not go together. */
export function addStacks(app: App, wanted: Wanted): void {
  const { stage, config } = wanted;
  const accounts = targetAccountsOf(config);
  if (stage.targetOnly) return addOwnTarget(app, wanted);
  addHub(app, wanted, issuerOf(wanted), accounts);
  for (const target of accounts) {
    const part = accounts.length === 1 ? 'target' : `target-${target.integration}`;
    new TargetStack(app, names.stack(stage, part), {
      ...propsOf(stage),
      env: { account: target.account, region: target.region },
      stage,
      installation: config.installation,
      ...target,
    });
  }
}

function addHub(app: App, wanted: Wanted, oidc: Oidc, accounts: TargetAccount[]): void {
  const { stage, config, bundles } = wanted;
  for (const name of functionNames) if (!existsSync(join(bundles, name))) bundle(name, join(bundles, name));
  const data = new DataStack(app, names.stack(stage, 'data'), { ...propsOf(stage), stage });
  new AppStack(app, names.stack(stage, 'app'), {
    ...propsOf(stage),
    ...wanted,
    oidc,
    data,
    targetAccounts: [...accounts.map(({ account }) => account), ...stage.formerTargetAccounts],
    configDigest: writeConfig(config, join(bundles, 'load-config')),
  });
}

/** The account that deploys becomes a target itself. */
function addOwnTarget(app: App, { stage, config: { installation } }: Wanted): void {
  const { externalId = `curfew-${installation}-${Aws.ACCOUNT_ID}`, groups = [] } = stage.targetOnly ?? {};
  const own = { stage, installation, externalIds: [externalId], groups };
  new TargetStack(app, names.stack(stage, 'target'), { ...propsOf(stage), ...own });
}

function propsOf({ name, account, region, deployBy }: Stage): StackProps {
  return {
    description: `Curfew, stage ${name}`,
    env: { ...(account && { account }), ...(region && { region }) },
    ...(deployBy === 'cli-credentials' && {
      synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer,
    }),
  };
}

/** The configuration's own issuer, else the stage's. One that speaks plain http is a toy on somebody's machine. */
function issuerOf({ config, stage }: Wanted): Oidc {
  const oidc = config.oidc ?? stage.oidc;
  if (!oidc)
    throw new CurfewError(
      'Malformed',
      `oidc: is missing: name your OIDC issuer in the configuration, or in the stage ${stage.name} of config/stages.ts.`,
    );
  if (oidc.issuer.startsWith('https://') || stage.deployBy === 'cli-credentials') return oidc;
  throw new CurfewError(
    'Malformed',
    `oidc.issuer: must be an https address: AWS cannot reach ${oidc.issuer}.`,
  );
}
