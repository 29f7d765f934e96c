/**
 * `npm run deploy:emulator`: deploys this checkout to the emulator that runs here, or to the one that AWS_ENDPOINT_URL names,
 * with the configuration of CURFEW_CONFIG, and prints where it is and what to try.
 */
import { join } from 'node:path';
import { configFile } from '../config/config-file.ts';
import { readConfig } from '../config/read-config.ts';
import { type Deployed, deployToEmulator } from './deploy.ts';
import { readOptions, type Told } from './options.ts';
import { defaultIssuerPort } from './ports.ts';
import { report } from './report.ts';
import { findRunning, mustFindRunning } from './running.ts';
import { bucket, makeSampleAccount, putSecret, targetAccount } from './sample-account.ts';
import { region } from './start.ts';

const about = `Deploys this checkout, with the configuration of CURFEW_CONFIG, to the emulator that runs here,
or to the one that AWS_ENDPOINT_URL names. Run it again after a change: it is an update.`;

try {
  const told = readOptions('deploy:emulator', about);
  if (told) await deploy(told);
} catch (error) {
  report(error);
  process.exitCode = 1;
}

async function deploy({ onOutput }: Told): Promise<void> {
  const named = process.env['AWS_ENDPOINT_URL'];
  const running = named ? await findRunning() : await mustFindRunning();
  const url = (named ?? running?.url ?? '').replace(/\/$/, '');
  const issuer = running?.issuer.url ?? `http://127.0.0.1:${defaultIssuerPort}/oidc`;
  if (!running) say(`Nobody signs in at ${issuer} until \`npm run emulator\` runs beside it.`);
  const { people } = await readConfig(configFile(process.env), {});
  const deployed = await deployToEmulator({
    url,
    environment: {
      CURFEW_CONFIG: join(import.meta.dirname, 'curfew.config.ts'),
      EMULATOR_CONFIG: configFile(process.env),
      EMULATOR_ISSUER: issuer,
    },
    onOutput,
  });
  await makeSampleAccount(
    url,
    people.map(({ id }) => id),
  );
  if (running) await putSecret(url, `${deployed.outputs.SecretPrefix}orders-db`, running.ordersUrl);
  say(summary(deployed, url));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function summary({ outputs, seconds }: Deployed, url: string): string {
  // Between its stacks, CDK hands values on as outputs, too: those are nobody else's business.
  const own = Object.entries(outputs).filter(([name]) => !name.startsWith('ExportsOutput'));
  const lines = own.map(([name, value]) => `  ${name.padEnd(14)}${value}`);
  return `
Curfew is deployed to ${url}, in ${seconds} s.

${lines.join('\n')}

Try:

  export CURFEW_URL='${outputs.ApiUrl}'
  export CURFEW_TOKEN=$(npm run --silent emulator:token -- ana)
  npx --no curfew request aws-account/${bucket}/read --for 2m --reason "having a look"

What it made in the target account, by the stock AWS CLI:

  AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=${targetAccount} AWS_SECRET_ACCESS_KEY=test \\
    aws iam list-roles --path-prefix /curfew/ --query 'Roles[].Arn'
`;
}
