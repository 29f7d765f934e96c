/** `curfew approve`. */
import type { Command } from 'commander';
import { decide } from '../decide.ts';
import type { Shell } from '../shell.ts';

export function approve(shell: Shell): Command {
  return decide(shell, 'approve');
}
