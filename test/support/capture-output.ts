/** What this process writes while something runs: for what a log must never hold. */

/** Nothing of it reaches the terminal. */
export async function captureOutput<T>(work: () => Promise<T>): Promise<{ result: T; output: string }> {
  let output = '';
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  for (const stream of streams)
    stream.write = (text: string | Uint8Array, ...rest: unknown[]) => {
      output += typeof text === 'string' ? text : Buffer.from(text).toString();
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    };
  try {
    const result = await work();
    return { result, output };
  } finally {
    streams.forEach((stream, i) => (stream.write = writes[i]!));
  }
}

/** The entries of a log: one JSON object a line. */
export function entriesOf(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
