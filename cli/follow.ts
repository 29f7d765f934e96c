/** Reads something again and again until it is as wanted: waiting for an approval, for access, for its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, isCliError } from './cli-error.ts';
import type { Session } from './session.ts';
import { spell } from './times.ts';

interface Watch<T> {
  read: () => Promise<T>;
  done: (value: T) => boolean;
  /** What is being waited for, in words. Said again only when it changes, where there is no terminal. */
  say: (value: T) => string;
  /** How long to wait at most. Left out: as long as it takes. */
  timeoutSeconds?: number | undefined;
}

export interface Followed<T> {
  value: T;
  finished: boolean;
}

/** Quick at first (an automatic grant takes less than a second), slower the longer it takes. */
const longestPauseMs = 2000;
const firstPauseMs = 150;
/** Without a terminal, what takes no longer than this is not worth a word. */
const silentMs = 1500;
/** A server may restart meanwhile. */
const outageMs = 60_000;

/** Throws `interrupted` after Ctrl-C, and whatever reading throws; an unreachable server only when it stays away. */
export async function follow<T>(session: Session, first: T, watch: Watch<T>): Promise<Followed<T>> {
  const { shell, out } = session;
  const startedMs = shell.now();
  const endMs =
    watch.timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : startedMs + watch.timeoutSeconds * 1000;
  let value = first;
  let said = '';
  for (let pauseMs = firstPauseMs; !watch.done(value); pauseMs = Math.min(longestPauseMs, pauseMs * 1.3)) {
    if (shell.now() >= endMs) return { value, finished: false };
    const text = watch.say(value);
    if (text !== said && !shell.stderr.isTTY && shell.now() - startedMs >= silentMs) {
      out.note(text);
      said = text;
    }
    await tick(session, text, startedMs, Math.min(pauseMs, endMs - shell.now()));
    value = await readThrough(session, watch.read);
  }
  out.progress('');
  return { value, finished: true };
}

/** Pauses, and keeps the progress line alive meanwhile. */
async function tick(
  { shell, out }: Session,
  text: string,
  startedMs: number,
  pauseMs: number,
): Promise<void> {
  out.progress(`${text} · ${spell(Math.round((shell.now() - startedMs) / 1000))} (Ctrl-C stops waiting)`);
  try {
    await sleep(pauseMs, undefined, { signal: shell.stop });
  } catch {
    out.progress('');
    throw new CliError('interrupted', 'Interrupted.');
  }
}

async function readThrough<T>(session: Session, read: () => Promise<T>): Promise<T> {
  const { shell, out } = session;
  const startedMs = shell.now();
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!isCliError(error, 'unreachable') || shell.now() - startedMs > outageMs) throw error;
      out.progress('The server does not answer: trying again (Ctrl-C stops waiting)');
      await tick(session, 'The server does not answer', startedMs, 1000);
    }
  }
}
