/** A process of its own that starts an emulator, says so on stdout, and lives until it is killed. */
import { startEmulator } from '../../emulator/start.ts';

const { url, pid, logFile } = await startEmulator();
console.log(JSON.stringify({ url, pid, logFile }));
setInterval(() => undefined, 1000);
