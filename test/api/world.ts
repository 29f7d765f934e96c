/** The API with a small organisation behind it: an in-memory table, a directory, one fake target, and a token per person. */
import { type App, createApp } from '../../functions/api/app.ts';
import { type AtTargets, directly } from '../../functions/api/at-targets.ts';
import type { LogEntry } from '../../functions/api/problem.ts';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import type { Connector } from '../../shared/connectors/contract.ts';
import { grantItem, requestItem, waitingItems } from '../../shared/lifecycle/items.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { Grant } from '../../shared/model/grant.ts';
import { keys, partitions } from '../../shared/model/keys.ts';
import type { Ports, Table } from '../../shared/ports.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { checkContract } from './contract.ts';
import { flows, offers, people } from './organisation.ts';
import { anIntegration, noon } from '../support/builders.ts';

export interface World {
  app: App;
  ports: Ports;
  /** How many writes the table has taken: no more of them means that nothing changed. */
  writes(): number;
  log: LogEntry[];
  /** Executions that were started. */
  started: string[];
  call(who: string | undefined, path: string, init?: CallInit): Promise<Answer>;
  post(who: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Puts grants into the table as they are, each with a request of its own where none is there. */
  put(...grants: Grant[]): Promise<void>;
  failing: string[];
  setNow(ms: number): void;
}

export type Body = string | Uint8Array | ReadableStream;

export interface CallInit {
  method?: string;
  headers?: Record<string, string>;
  body?: Body;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: any; // oxlint-disable-line typescript/no-explicit-any -- tests look into answers of every shape
}

export interface WorldOptions {
  connector?: Partial<Connector>;
  /** Left out: the app does itself what calls targets, as on a laptop. */
  atTargets?: (ports: Ports) => AtTargets;
}

export async function createWorld(with_: WorldOptions = {}): Promise<World> {
  const stored = openSqliteTable(':memory:');
  let writes = 0;
  const table: Table = {
    get: stored.get,
    query: stored.query,
    async write(batch) {
      await stored.write(batch);
      writes++;
    },
  };
  let now = noon;
  let made = 0;
  const started: string[] = [];
  const log: LogEntry[] = [];
  const failing: string[] = [];
  const ports: Ports = {
    table,
    workflow: {
      start: async (name) => {
        started.push(name);
      },
      wake: async () => false,
    },
    directory: {
      person: async (id) => people.find((person) => person.id === id),
      byEmail: async (email) => people.find((person) => person.email === email.toLowerCase()),
      members: async (group) => people.filter((person) => person.groups.includes(group)),
      reports: async (id) => people.filter((person) => person.manager === id),
      rights: () => ({ admin: 'admins', responder: 'responders', auditor: 'auditors' }),
    },
    secrets: { get: async () => 'secret' },
    clock: { now: () => now, sleepUntil: (_, signal) => untilAborted(signal) },
    ids: { next: () => `01k${String(++made).padStart(6, '0')}` },
    lanes: { enter: async () => () => {} },
    connectors: { postgresql: fakeConnector(with_.connector) },
    installation: 't1',
  };
  await loadConfig(ports, { flows, integrations: [anIntegration()] }, { kind: 'system', id: 'test' });
  const app = createApp({
    ports,
    atTargets: (with_.atTargets ?? directly)(ports),
    verify: verifyByName,
    version: '1.2.3',
    health: async () => failing,
    log: (entry) => log.push(entry),
  });

  async function call(who: string | undefined, path: string, init: CallInit = {}): Promise<Answer> {
    const auth = who === undefined ? {} : { authorization: `Bearer ${who}` };
    const streamed = init.body instanceof ReadableStream ? { duplex: 'half' } : {};
    const sent = { ...init, ...streamed, headers: { ...auth, ...init.headers } } as RequestInit;
    const response = await app.request(path, sent);
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    const body: unknown = json ? JSON.parse(text) : undefined;
    if (json) checkContract(init.method ?? 'GET', path, response.status, body);
    return { status: response.status, headers: response.headers, text, body };
  }

  return {
    app,
    ports,
    log,
    started,
    failing,
    call,
    writes: () => writes,
    post: (who, path, body, headers) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      return call(who, path, { method: 'POST', headers: { ...type, ...headers }, ...sent });
    },
    put: (...grants) => putGrants(ports, grants),
    setNow: (ms) => {
      now = ms;
    },
  };
}

/** The token is the person's id; `email:<address>` has only a verified address, `unverified:<address>` not even that. */
async function verifyByName(
  token: string,
): Promise<{ sub: string; email?: string; emailVerified?: boolean }> {
  if (token === 'forged') throw new CurfewError('Unauthenticated', 'The token is forged.');
  if (token === 'broken') throw new TypeError('not a token');
  if (token === 'keyless') throw new CurfewError('Unavailable', 'The issuer does not give its keys.');
  const [kind, address] = token.split('/');
  if (address === undefined) return { sub: token };
  return { sub: 'opaque-0815', email: address.replace('_at_', '@'), emailVerified: kind === 'email' };
}

function fakeConnector(with_: Partial<Connector> = {}): Connector {
  const refuse = async () => {
    throw new CurfewError('TargetUnavailable', 'The fake target answers nothing.', { mayLand: false });
  };
  return {
    kind: 'postgresql',
    target: undefined as never,
    settleSeconds: 0,
    callSeconds: 10,
    catalog: () => offers,
    prepare: refuse,
    grant: refuse,
    extend: async () => undefined,
    revoke: refuse,
    inspect: async () => ({ present: true, heldBy: [], facts: {} }),
    credentials: async () => ({ host: '127.0.0.1', port: 5432, user: 'curfew_t1_g1', password: 'fresh' }),
    check: async () => [{ name: 'The target answers', ok: true, detail: 'It does.' }],
    close: async () => undefined,
    ...with_,
  };
}

async function putGrants(ports: Ports, grants: Grant[]): Promise<void> {
  for (const grant of grants) {
    const request = await ports.table.get(keys.request(grant.requestId));
    const siblings = grants.filter((other) => other.requestId === grant.requestId).map((other) => other.id);
    const { requester, grantee, reason, channel, correlationId, createdAt } = grant;
    const made = {
      schema: 1,
      id: grant.requestId,
      requester,
      grantee,
      reason,
      channel,
      correlationId,
      grantIds: siblings,
      createdAt,
    } as const;
    const decisions = grant.decisions.map((decision) => ({
      ...keys.decision(grant.id, decision.by.id),
      kind: 'decision',
      index: {
        approver: { partition: partitions.approver(decision.by.id), range: `${decision.at}#${grant.id}` },
      },
      data: { grantId: grant.id, ...decision },
    }));
    const items = [
      grantItem(grant),
      ...waitingItems(grant),
      ...decisions,
      ...(request ? [] : [requestItem(made)]),
    ];
    await ports.table.write(items.map((put) => ({ put, expect: 'absent' })));
  }
}

function untilAborted(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve());
  });
}
