/** A process of its own that opens a home, says so on stdout, and lives until it is killed. */
import { openHome } from '../../local/home.ts';

const home = await openHome({ dir: process.argv[2] as string });
await home.announce({ url: 'http://127.0.0.1:1', postgres: { host: '127.0.0.1', port: 1 }, people: [] });
console.log('open');
setInterval(() => undefined, 1000);
