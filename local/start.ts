/** Starts everything of a local Curfew in the order in which it is needed, and stops it in the opposite one. */
import { join } from 'node:path';
import { withAwsAccount } from '../config/aws-account.ts';
import { readConfig } from '../config/read-config.ts';
import { createApp } from '../functions/api/app.ts';
import { directly } from '../functions/api/at-targets.ts';
import { createConnectors } from '../shared/connectors/registry.ts';
import { createVerifier } from '../shared/api/verify-token.ts';
import type { Config } from '../shared/model/config.ts';
import { CurfewError } from '../shared/model/errors.ts';
import type { Clock } from '../shared/ports.ts';
import { configFile } from '../config/config-file.ts';
import type { Arguments } from './arguments.ts';
import { findAwsAccount } from './aws-target.ts';
import { type AwsState, checkAws } from './check-aws.ts';
import { createClock } from './clock.ts';
import { type Home, homeFolder, openHome } from './home.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { createLog, type Log } from './log.ts';
import { listNotGone } from './not-gone.ts';
import { openTarget, type SampleTarget } from './open-target.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import { type Listening, listen } from './server.ts';
import { version } from './version.ts';

export interface Started {
  url: string;
  home: string;
  postgres: { host: string; port: number };
  aws: AwsState[];
  /** Access whose end failed before, and is tried again: a line each. */
  notGone: string[];
  stop(): Promise<void>;
}

/**
 * Throws a CurfewError that says what to do: another Curfew runs here, the port is taken, the configuration is at fault, or
 * an AWS account is asked for and there are no credentials.
 */
export async function start(asked: Pick<Arguments, 'aws'>): Promise<Started> {
  const home = await openHome({ dir: homeFolder() });
  const clock = createClock();
  const log = createLog(join(home.dir, 'curfew.log'));
  // A fault in one corner must not end the process that ends access.
  process.on('unhandledRejection', (error) => log('unhandled', { error: describe(error) }));
  const undo: (() => Promise<unknown>)[] = [() => home.close()];
  const stop = async () => {
    for (const step of undo.splice(0).toReversed())
      await step().catch((error: unknown) => log('stop failed', { error: describe(error) }));
  };
  try {
    const connectors = createConnectors({ secrets: home.secrets, clock });
    const config = await readConfig(configFile(process.env), connectors, await additionOf(asked));
    const server = await listenAgain(process.env['CURFEW_HOST'] ?? '127.0.0.1', home, config);
    undo.push(() => server.close());
    const target = await openTarget(home, config, log);
    undo.push(() => target.stop());
    const runtime = await createRuntime({
      config,
      connectors,
      tableFile: home.tableFile,
      secrets: home.secrets,
      clock,
      log,
    });
    undo.push(() => runtime.stop());
    const notGone = await listNotGone(runtime.ports);
    await runtime.resume();
    serve({ server, home, config, runtime, target, clock, log });
    const postgres = { host: target.host, port: target.port };
    const people = config.people.map(({ id, name }) => ({ id, name }));
    await home.announce({ url: server.url, postgres, people });
    const aws = await checkAws(runtime.ports, config);
    return { url: server.url, home: home.dir, postgres, aws, notGone, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is added to the configuration that is written. */
async function additionOf({ aws }: Pick<Arguments, 'aws'>): Promise<(written: unknown) => unknown> {
  if (!aws) return (written) => written;
  const account = await findAwsAccount(process.env);
  return (written) => withAwsAccount(written, account);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

interface Parts {
  server: Listening;
  home: Home;
  config: Config;
  runtime: Runtime;
  target: SampleTarget;
  clock: Clock;
  log: Log;
}

function serve(parts: Parts): void {
  const { server, config, runtime, target, clock, log } = parts;
  const { ports } = runtime;
  const issuer = config.oidc ? undefined : localIssuer(parts);
  const trusted = config.oidc ?? { issuer: `${server.url}/oidc`, audience: 'curfew' };
  const verify = createVerifier({ ...trusted, ...(issuer && { jwks: issuer.jwks }), clock });
  const app = createApp({
    ports,
    atTargets: directly(ports),
    verify,
    version,
    health: async () => target.problems(),
    log: ({ message, ...fields }) => log(message, fields),
  });
  server.serve({ api: (request) => app.fetch(request), issuer: issuer?.callback });
}

function localIssuer({ server, home, runtime, log }: Parts): Issuer {
  return createIssuer({
    issuerUrl: `${server.url}/oidc`,
    keys: home.issuerKeys,
    localSecret: home.localSecret,
    directory: runtime.ports.directory,
    onError: (error) => log('issuer failed', { error: error.message }),
  });
}

/** `CURFEW_PORT`. With 0, the port of the last time where it is free still, so that tokens stay good; else any free one. */
async function listenAgain(host: string, { lastUrl }: Home, { oidc }: Config): Promise<Listening> {
  const text = process.env['CURFEW_PORT'] ?? '4280';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535))
    throw new CurfewError('Malformed', `CURFEW_PORT is "${text}": it must be a number from 0 to 65535.`);
  const last = Number(lastUrl === undefined ? 0 : new URL(lastUrl).port);
  const own = oidc !== undefined;
  if (port > 0 || last === 0) return listen(host, port, own);
  return listen(host, last, own).catch(() => listen(host, 0, own));
}
