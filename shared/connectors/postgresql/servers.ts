/** The clusters that Curfew talks to: one set of connections for each integration, as long as its URL stays the same. */
import { isCurfewError } from '../../model/errors.ts';
import type { Clock, Secrets } from '../../ports.ts';
import type { Call } from '../contract.ts';
import { createConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import type { Session } from './open-session.ts';
import { refused } from './refused.ts';
import { PostgresqlTarget } from './target.ts';
import { transaction } from './transaction.ts';

/** One cluster, for the time of one call. */
export interface Server {
  call: Call;
  clock: Clock;
  target: PostgresqlTarget;
  /** Where grantees find it. */
  address: { host: string; port: number };
  /** The maintenance database's name. */
  home: string;
  /** The answer of a look of that name that is under way already, else of a new one. Nothing is kept. */
  together<T>(name: string, look: () => Promise<T>): Promise<T>;
  /** Our processes there. */
  pids(): number[];
  /** Works on a session of that database, by default the maintenance database. Never nest two: they come from one small pool. */
  use<T>(work: (session: Session) => Promise<T>, database?: string): Promise<T>;
  /** Works in one transaction, all or nothing by the call's deadline. */
  change<T>(work: (session: Session) => Promise<T>, database?: string): Promise<T>;
}

/** Looks that are under way, by what they look at: in a burst of requests all ask the same of one role. */
type Looks = Map<string, Promise<unknown>>;

export interface Servers {
  at(call: Call): Promise<Server>;
  close(): Promise<void>;
}

export function createServers(ports: { secrets: Secrets; clock: Clock }): Servers {
  const open = new Map<string, Known>();
  return {
    async at(call) {
      const target = PostgresqlTarget.parse(call.integration.target);
      const url = await ports.secrets.get(target.urlSecret);
      const known = open.get(call.integration.id);
      if (known?.url === url) return serverOf(call, ports.clock, target, known);
      const place = { url, installation: call.installation, home: homeOf(url), clock: ports.clock };
      const connections = createConnections(place);
      const fresh: Known = { url, connections, looks: new Map() };
      open.set(call.integration.id, fresh);
      await known?.connections.close();
      return serverOf(call, ports.clock, target, fresh);
    },
    async close() {
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.map(({ connections }) => connections.close()));
    },
  };
}

interface Known {
  url: string;
  connections: Connections;
  looks: Looks;
}

function serverOf(
  call: Call,
  clock: Clock,
  target: PostgresqlTarget,
  { url, connections, looks }: Known,
): Server {
  const home = homeOf(url);
  const { hostname, port } = new URL(url);
  return {
    call,
    clock,
    target,
    address: target.address ?? { host: hostname, port: Number(port || 5432) },
    home,
    together: (name, look) => together(looks, call, name, look),
    pids: () => connections.pids(),
    use: (work, database = home) => connections.use(call, database, work),
    change: (work, database = home) =>
      connections.use(call, database, (session) => transaction(session, call, clock, () => work(session))),
  };
}

async function together<T>(looks: Looks, call: Call, name: string, look: () => Promise<T>): Promise<T> {
  const known = looks.get(name);
  if (known)
    return (known as Promise<T>).catch((error: unknown) => {
      // The call that began the look may have been stopped, or be over; ours is not.
      if (!isCurfewError(error, 'TargetUnavailable') || call.signal.aborted) throw error;
      return look();
    });
  const answer = look().finally(() => looks.delete(name));
  looks.set(name, answer);
  return answer;
}

function homeOf(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw refused('The secret named by urlSecret is no postgres:// URL.');
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
}
