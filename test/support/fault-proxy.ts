/**
 * A proxy before an AWS endpoint that does what networks and busy services do: throttles, fails, loses requests and
 * answers, is late, and reads what was. It takes nothing but signed calls of known actions.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsCall, readCall, type WireAnswer, wireError } from './aws-wire.ts';
import { createStaleReads } from './stale-reads.ts';

export type Fault =
  | { kind: 'throttled' }
  /** 500 or 503, before the effect. */
  | { kind: 'failed'; status: 500 | 503 }
  /** An error of the service's own. */
  | { kind: 'refused'; status: number; code: string; message: string }
  /** The effect lands, and nobody hears of it. */
  | { kind: 'answer lost' }
  | { kind: 'request lost' }
  /** Effect and answer come that much later; the effect comes, too, when the client has given up. */
  | { kind: 'late'; ms: number }
  /** Reads of IAM lag behind its writes by up to that much, on the proxy's clock. */
  | { kind: 'stale'; seconds: number };

export interface Rule {
  fault: Fault;
  service?: string;
  action?: RegExp;
  /** Only these, counted from 1 among the calls that match. */
  nth?: number[];
  /** 0 to 1, of the calls that match. The seed of the proxy makes it the same each time. */
  chance?: number;
}

export interface FaultProxy {
  url: string;
  /** From now on these are the rules; the first one that fits a call is what happens to it. Calls are counted anew. */
  rules(rules: Rule[]): void;
  /** What was called since the rules were set, and what happened to it. */
  calls(): { action: string; fault: Fault['kind'] | undefined }[];
  /** Throws when it was sent what no AWS service would have taken. */
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** The endpoint behind. */
  target: string;
  seed?: number;
  now?: () => number;
}

export async function startFaultProxy(options: ProxyOptions): Promise<FaultProxy> {
  const { target, seed = 1, now = Date.now } = options;
  const [wrong, calls]: [string[], { action: string; fault: Fault['kind'] | undefined }[]] = [[], []];
  const stale = createStaleReads(now);
  let choose = chooser([], seed);
  const server = createServer((req, res) => void handle(req, res).catch(() => res.destroy()));

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await bodyOf(req);
    const call = readCall(req.method ?? '', req.url ?? '', req.headers, body);
    if (typeof call === 'string') {
      wrong.push(call);
      return send(res, { status: 400, headers: {}, body: Buffer.from(call) });
    }
    const fault = choose(call);
    calls.push({ action: call.action, fault: fault?.kind });
    const forward = async () => {
      const answer = await pass(target, req, body);
      stale.saw(call, answer);
      return answer;
    };
    const answer = await suffer(fault, call, forward, stale.before);
    return answer ? send(res, answer) : void res.destroy();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rules(rules) {
      choose = chooser(rules, seed);
      calls.length = 0;
    },
    calls: () => [...calls],
    async close() {
      await stop(server);
      if (wrong.length > 0) throw new Error(`no AWS service takes: ${wrong.join('; ')}`);
    },
  };
}

/** What the client gets; undefined: its connection breaks. */
async function suffer(
  fault: Fault | undefined,
  call: AwsCall,
  forward: () => Promise<WireAnswer>,
  before: (call: AwsCall, seconds: number) => WireAnswer | undefined,
): Promise<WireAnswer | undefined> {
  switch (fault?.kind) {
    case undefined:
      return forward();
    case 'throttled': {
      const code = call.protocol === 'query' ? 'Throttling' : 'ThrottlingException';
      return call.protocol === 'rest'
        ? wireError(call, 503, 'SlowDown', 'Please reduce your request rate.')
        : wireError(call, 400, code, 'Rate exceeded');
    }
    case 'failed':
      return fault.status === 500
        ? wireError(
            call,
            500,
            call.protocol === 'query' ? 'ServiceFailure' : 'InternalServerError',
            'Failed.',
          )
        : wireError(call, 503, 'ServiceUnavailable', 'Not available just now.');
    case 'refused':
      return wireError(call, fault.status, fault.code, fault.message);
    case 'answer lost':
      await forward();
      return undefined;
    case 'request lost':
      return undefined;
    case 'late':
      await sleep(fault.ms);
      return forward();
    case 'stale': {
      const was = before(call, fault.seconds);
      // The real answer is asked for all the same: it is what later reads of the past are told.
      const is = await forward();
      return was ?? is;
    }
  }
}

/** The first rule that fits; each counts the calls that match it. */
function chooser(rules: Rule[], seed: number): (call: AwsCall) => Fault | undefined {
  const random = randomOf(seed);
  const counts = rules.map(() => 0);
  return (call) => {
    let chosen: Fault | undefined;
    rules.forEach((rule, i) => {
      if (rule.service !== undefined && rule.service !== call.service) return;
      if (rule.action && !rule.action.test(call.action)) return;
      const count = (counts[i] = (counts[i] ?? 0) + 1);
      const meant = rule.nth?.includes(count) ?? true;
      if (meant && random() < (rule.chance ?? 1)) chosen ??= rule.fault;
    });
    return chosen;
  };
}

/** mulberry32: small, and good enough to be uneven in the same way each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function bodyOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The headers go on as they came, host too: they are signed. */
async function pass(target: string, req: IncomingMessage, body: Buffer): Promise<WireAnswer> {
  const { hostname, port } = new URL(target);
  const { method, url: path, headers } = req;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { hostname, port, method, path, headers, setHost: false };
    request(options, resolve).on('error', reject).end(body);
  });
  const kept = Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name));
  return {
    status: answer.statusCode ?? 502,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    body: await bodyOf(answer),
  };
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']);

function send(res: ServerResponse, { status, headers, body }: WireAnswer): void {
  res.writeHead(status, { ...headers, 'content-length': String(body.length) }).end(body);
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
