#!/usr/bin/env node
// Starts the command line (cli/main.ts) on the Node 24 that this project brings. Plain JavaScript that an old Node
// understands, because an old Node may be what the machine has.
import { spawn } from 'child_process';
import { existsSync } from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath, pathToFileURL } from 'url';

const wanted = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'cli', 'main.ts');

start();

function start() {
  if (!existsSync(join(root, 'node_modules', 'commander'))) return refuse('its packages are not installed');
  if (Number(process.versions.node.split('.')[0]) >= wanted) {
    // What it rejects with is shown by Node, with exit code 1.
    void import(pathToFileURL(main).href);
    return;
  }
  const own = ownNode();
  if (own === undefined) return refuse('this is Node ' + process.versions.node + ', and it needs ' + wanted);
  runOn(own);
}

function ownNode() {
  const folder = join(root, 'node_modules', 'node', 'bin');
  return [join(folder, 'node'), join(folder, 'node.exe')].find((file) => existsSync(file));
}

function refuse(why) {
  console.error('curfew cannot start: ' + why + '. Run this first: npm ci   (in ' + root + ')');
  process.exitCode = 1;
}

/** The other process has our terminal, gets every signal of ours, and its end is ours. */
function runOn(node) {
  const child = spawn(node, [main].concat(process.argv.slice(2)), { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
  const forward = (signal) => child.kill(signal);
  signals.forEach((signal) => process.on(signal, forward));
  child.on('error', (error) => refuse(node + ' does not run here (' + error.message + ')'));
  child.on('exit', (code, signal) => {
    signals.forEach((name) => process.removeListener(name, forward));
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code === null ? 1 : code;
  });
}
