/**
 * `npm run bench:expiry`: 1,000 grants on a real PostgreSQL whose ends are spread over 30 s. Prints how late each ended (from
 * its own end to read back and recorded), the server's memory, and how the API answered meanwhile.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../test/support/call-api.ts';
import { startServer, type TestServer } from '../test/support/server.ts';
import { until } from '../test/support/until.ts';

const grants = Number(process.argv[2] ?? 1_000);
const spreadSeconds = 30;
/** How long after the first request the first grant ends: all must be active by then. */
const leadSeconds = Number(process.argv[3] ?? Math.max(20, Math.ceil(grants / 15)));

const server = await startServer();
try {
  const beganMs = Date.now();
  const opensAt = beganMs + leadSeconds * 1000;
  const ids = await inParallel(8, grants, (i) => ask(server, opensAt + (i / grants) * spreadSeconds * 1000));
  await until(() => isEmpty(server, 'approved,granting'), 300, 500);
  const madeSeconds = (Date.now() - beganMs) / 1000;
  if (Date.now() > opensAt)
    throw new Error(`making the grants took ${madeSeconds.toFixed(0)} s: give a longer lead`);
  process.stdout.write(`${grants} grants active after ${madeSeconds.toFixed(1)} s\n`);
  await sleep(opensAt - Date.now());
  const latency = await probeWhile(server, opensAt + spreadSeconds * 1000);
  await until(() => isEmpty(server, 'open'), 120, 500);
  const ended = await Promise.all(ids.map((id) => endOf(server, id)));
  const first = Math.min(...ended.map((end) => end.at));
  const last = Math.max(...ended.map((end) => end.at));
  process.stdout.write(`their ends were spread over ${((last - first) / 1000).toFixed(0)} s\n`);
  report(
    'lateness of an end, s',
    ended.map((end) => end.late),
    3,
  );
  report('API answer, ms', latency, 1);
  process.stdout.write(`server memory, MB: peak ${await peakMemory(server.pid)}\n`);
} finally {
  await server.remove();
}

/** A page may be empty and still not be the last. */
async function isEmpty({ call }: TestServer, status: string): Promise<boolean> {
  let cursor = '';
  do {
    const { body } = await call('adam', 'GET', `/grants?status=${status}&limit=200${cursor}`);
    if (body['items'].length > 0) return false;
    cursor = body['next'] ? `&cursor=${encodeURIComponent(body['next'])}` : '';
  } while (cursor);
  return true;
}

async function ask({ call }: TestServer, endsAt: number): Promise<string> {
  const duration = `${Math.max(1, Math.round((endsAt - Date.now()) / 1000))}s`;
  const body = {
    entitlements: [{ integration: 'orders-db', resource: 'orders', permission: 'read' }],
    duration,
    reason: 'bench',
  };
  const answer: Answer = await call('ana', 'POST', '/requests', body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  const { id } = answer.body['grants'][0];
  // A lifetime counts from activation: the next is asked for when this one has begun.
  await until(async () => (await call('ana', 'GET', `/grants/${id}`)).body['status'] === 'active', 30, 10);
  return id;
}

async function inParallel<T>(lanes: number, count: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await work(i);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** A person's everyday calls, 40 a second, until that time. */
async function probeWhile({ call }: TestServer, untilMs: number): Promise<number[]> {
  const taken: number[] = [];
  const paths = ['/me', '/grants?status=open&limit=20', '/catalog', '/requests?requester=me'];
  const under: Promise<void>[] = [];
  for (let i = 0; Date.now() < untilMs; i++) {
    const began = performance.now();
    under.push(
      call('ana', 'GET', paths[i % paths.length]!).then(() => void taken.push(performance.now() - began)),
    );
    await sleep(25);
  }
  await Promise.all(under);
  return taken;
}

/** When it should have ended (epoch milliseconds), and how many seconds later that was read back and recorded. */
async function endOf({ call }: TestServer, id: string): Promise<{ at: number; late: number }> {
  const { body } = await call('adam', 'GET', `/grants/${id}`);
  if (body['status'] !== 'revoked') throw new Error(`${id} is ${body['status']}`);
  const at = Date.parse(body['expiresAt']);
  return { at, late: (Date.parse(body['closedAt']) - at) / 1000 };
}

function report(name: string, values: number[], digits: number): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(digits);
  process.stdout.write(
    `${name}: median ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)} (n = ${sorted.length})\n`,
  );
}

/** The most that the process ever held, as Linux counts it. */
async function peakMemory(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024).toFixed(0);
}
