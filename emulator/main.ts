/**
 * `npm run emulator`: an AWS emulator in the foreground (the one that AWS_ENDPOINT_URL names, where it is set), with an
 * issuer to sign in at and the sample database beside it. Ctrl-C stops it, and everything that was deployed is gone.
 */
import { configFile } from '../config/config-file.ts';
import { readConfig } from '../config/read-config.ts';
import { startOrders } from './orders-database.ts';
import { defaultIssuerPort, readPort } from './ports.ts';
import { identityOfHome } from './identity.ts';
import { startIssuer } from './issuer.ts';
import { report } from './report.ts';
import { announce, takeTurn } from './running.ts';
import { region, startEmulator } from './start.ts';

const undo: (() => Promise<void>)[] = [];
let ending = false;

try {
  const turn = await takeTurn();
  undo.push(() => turn.release());
  const url = await emulatorAt(process.env['AWS_ENDPOINT_URL']);
  const { people, installation } = await readConfig(configFile(process.env), {});
  const port = readPort('EMULATOR_ISSUER_PORT', defaultIssuerPort);
  const issuer = await startIssuer({ people, port, identity: await identityOfHome() });
  undo.push(() => issuer.stop());
  const orders = await startOrders(installation);
  undo.push(() => orders.stop());
  const { url: issuerUrl, secret } = issuer;
  undo.push(
    await announce({
      pid: process.pid,
      url,
      issuer: { url: issuerUrl, secret },
      ordersUrl: orders.curfewUrl,
    }),
  );
  process.stdout.write(banner(url, issuerUrl));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(0));
} catch (error) {
  report(error);
  await end(1);
}

async function emulatorAt(named: string | undefined): Promise<string> {
  if (named) {
    process.stdout.write(`AWS_ENDPOINT_URL is set: using the emulator at ${named}.\n`);
    return named.replace(/\/$/, '');
  }
  const emulator = await startEmulator({
    port: readPort('EMULATOR_PORT', 4566),
    onSlow: (what) => void process.stdout.write(`${what}\n`),
  });
  undo.push(() => emulator.stop());
  void emulator.ended.then(() => end(1, 'The emulator ended: see its log.'));
  process.stdout.write(`Its log: ${emulator.logFile}\n`);
  return emulator.url;
}

async function end(code: number, why?: string): Promise<void> {
  if (ending) return;
  ending = true;
  if (why) process.stderr.write(`${why}\n`);
  for (const step of undo.splice(0).toReversed()) await step().catch(report);
  process.exit(code);
}

function banner(url: string, issuer: string): string {
  return `
An AWS emulator is running, and enforces IAM.

  AWS         ${url}
  Issuer      ${issuer}

Deploy Curfew to it, in another terminal:

  npm run deploy:emulator

Look into it with the stock AWS CLI:

  export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test    # or a 12-digit key id: the root of that account

Ctrl-C stops it, and everything in it is gone.
`;
}
