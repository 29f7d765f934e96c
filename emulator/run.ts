/** Runs a program to its end, without a shell, and answers with what it said. */
import { spawn } from 'node:child_process';

export interface Ran {
  ok: boolean;
  /** Both streams as they came; also why it could not be started, or that its time was over. */
  output: string;
}

export interface How {
  timeoutSeconds: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Told of every piece of output at once, for progress. */
  onOutput?: (text: string) => void;
}

export function run(program: string, args: string[], how: How): Promise<Ran> {
  return new Promise((resolve) => {
    let output = '';
    const say = (text: string) => {
      output += text;
      how.onOutput?.(text);
    };
    const child = spawn(program, args, {
      ...(how.cwd && { cwd: how.cwd }),
      env: how.env ?? withoutPythonSettings(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => say(text));
    const late = setTimeout(() => {
      say(`\nstopped: it took longer than ${how.timeoutSeconds} s`);
      child.kill('SIGKILL');
    }, how.timeoutSeconds * 1000);
    child.once('error', (error) => say(error.message));
    child.once('close', (code) => {
      clearTimeout(late);
      resolve({ ok: code === 0, output });
    });
  });
}

/** PYTHONHOME and PYTHONPATH of somebody's shell would put other libraries in front of ours. */
function withoutPythonSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PYTHON')));
}
