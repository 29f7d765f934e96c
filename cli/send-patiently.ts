/** Sends a request, again where that is safe and promises something: lost connections, and "not now" with `Retry-After`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '../shared/model/errors.ts';
import type { Route } from '../shared/api/route.ts';
import { CliError } from './cli-error.ts';
import type { ClientOptions } from './client.ts';
import { parseProblem } from './problem-error.ts';

/** For one try, and for all waits between tries. */
const tryMs = 30_000;
const patienceMs = 35_000;
const lostAgainMs = 300;
/** Quick answers need no word about waiting. */
const silentMs = 1500;

/** Throws `unreachable`, and `interrupted` after Ctrl-C. Any answer of the server is an answer. */
export async function sendPatiently(
  options: ClientOptions,
  route: Route,
  make: () => Request,
): Promise<Response> {
  let waitedMs = 0;
  for (let lost = 1; ; ) {
    const answer = await send(options, make());
    const pauseMs =
      answer instanceof Response
        ? await pauseOf(answer)
        : maybeLost(route, answer, lost++)
          ? lostAgainMs * lost
          : undefined;
    if (pauseMs === undefined || waitedMs + pauseMs > patienceMs) {
      if (answer instanceof Response) return answer;
      throw unreachable(options, route, answer);
    }
    waitedMs += pauseMs;
    await pause(options, pauseMs);
  }
}

/** The answer, or why there is none. */
async function send({ shell, url, progress }: ClientOptions, request: Request): Promise<Response | Error> {
  const startedMs = shell.now();
  let told = false;
  const ticker = setInterval(() => {
    const ms = shell.now() - startedMs;
    if (ms < silentMs) return;
    progress(`Waiting for ${url} … ${Math.round(ms / 1000)} s`);
    told = true;
  }, 500);
  try {
    return await fetch(request, { signal: AbortSignal.any([shell.stop, AbortSignal.timeout(tryMs)]) });
  } catch (error) {
    if (shell.stop.aborted) throw new CliError('interrupted', 'Interrupted.');
    return error as Error;
  } finally {
    clearInterval(ticker);
    if (told) progress('');
  }
}

/** Milliseconds to wait for a server that asks for patience; undefined where another try would end the same. */
async function pauseOf(answer: Response): Promise<number | undefined> {
  if (answer.status !== 503 && answer.status !== 429) return undefined;
  const problem = parseProblem(
    await answer
      .clone()
      .json()
      .catch(() => undefined),
  );
  if (problem && !errors[problem.code].retryable && answer.status !== 429) return undefined;
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(seconds, 0.1) * 1000 : undefined;
}

/** The connection broke, and doing it twice does no harm. Who refuses connections was never reached: no use in trying. */
function maybeLost(route: Route, error: Error, times: number): boolean {
  const repeatable = ['revokeGrant', 'issueCredentials', 'cancelRequest'].includes(route.operationId);
  return (
    codeOf(error) !== 'ECONNREFUSED' &&
    times <= 3 &&
    (route.method === 'get' || route.idempotent === true || repeatable)
  );
}

async function pause({ shell, url, progress }: ClientOptions, ms: number): Promise<void> {
  progress(`${url} cannot do it just now: trying again in ${Math.ceil(ms / 1000)} s (Ctrl-C stops)`);
  try {
    await sleep(ms, undefined, { signal: shell.stop });
  } catch {
    throw new CliError('interrupted', 'Interrupted.');
  } finally {
    progress('');
  }
}

function unreachable({ url }: ClientOptions, route: Route, error: Error): CliError {
  const code = codeOf(error);
  const why = error.name === 'TimeoutError' ? `no answer within ${tryMs / 1000} s` : (code ?? error.message);
  const unknown =
    route.method === 'post' && code !== 'ECONNREFUSED'
      ? ' Whether it was done is not known: look first.'
      : '';
  return new CliError('unreachable', `${url} does not answer (${why}).${unknown}`, {
    hint: 'Is the server running? `npm start` starts one; CURFEW_URL names another.',
    cause: error,
  });
}

function codeOf(error: Error): string | undefined {
  const cause = error.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : undefined;
}
