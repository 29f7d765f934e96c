/** A process of its own that starts the embedded server, says so on stdout, and lives until it is killed. */
import { startPostgres } from '../../local/postgres-server.ts';

const server = await startPostgres({ dataHome: process.argv[2] as string });
console.log(JSON.stringify({ pid: server.pid, port: server.port }));
setInterval(() => undefined, 1000);
