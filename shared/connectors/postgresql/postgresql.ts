/** The connector for PostgreSQL, 15 and later. What it promises: ../contract.ts. How a cluster is prepared: docs/connectors/postgresql.md. */
import type { Receipt } from '../../model/grant.ts';
import type { Clock, Secrets } from '../../ports.ts';
import type { Call, Connector } from '../contract.ts';
import { accountCredentials, extendAccount, grantAccount, inspectAccount } from './account.ts';
import { check } from './check.ts';
import { endAccount } from './end-account.ts';
import { postgresqlFacts } from './facts.ts';
import { endMembership, extendMembership, grantMembership, inspectMembership } from './membership.ts';
import { prepare } from './prepare.ts';
import { quiesce } from './quiesce.ts';
import { createServers } from './servers.ts';
import type { Server } from './servers.ts';

/** One for all integrations of this kind. Nothing is connected before the first call. */
export function createPostgresql(ports: { secrets: Secrets; clock: Clock }): Connector {
  const servers = createServers(ports);
  const at = async <T>(call: Call, work: (server: Server) => Promise<T>) => work(await servers.at(call));
  const { also: _, ...facts } = postgresqlFacts;
  return {
    ...facts,
    prepare: (call, intent) => at(call, (server) => prepare(server, intent)),
    grant: (call, receipt, end) =>
      at(call, (server) =>
        isAccount(receipt) ? grantAccount(server, receipt, end) : grantMembership(server, receipt),
      ),
    extend: (call, receipt, end) =>
      at(call, (server) =>
        isAccount(receipt) ? extendAccount(server, receipt, end) : extendMembership(server, receipt),
      ),
    revoke: (call, receipt) =>
      at(call, (server) =>
        isAccount(receipt) ? endAccount(server, receipt) : endMembership(server, receipt),
      ),
    inspect: (call, receipt) =>
      at(call, (server) =>
        isAccount(receipt) ? inspectAccount(server, receipt) : inspectMembership(server, receipt),
      ),
    credentials: async (call, receipt, end) =>
      isAccount(receipt) ? at(call, (server) => accountCredentials(server, receipt, end)) : undefined,
    check: (call) => at(call, check),
    quiesce: (call) => at(call, quiesce),
    rest: () => servers.close(),
    close: () => servers.close(),
  };
}

/** The receipt says which mode it was made in: configuration may have changed since. */
function isAccount(receipt: Receipt): boolean {
  return !receipt.shared;
}
