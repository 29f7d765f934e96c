/** `curfew reject`. */
import type { Command } from 'commander';
import { decide } from '../decide.ts';
import type { Shell } from '../shell.ts';

export function reject(shell: Shell): Command {
  return decide(shell, 'reject');
}
