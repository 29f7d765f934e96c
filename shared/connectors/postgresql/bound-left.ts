/** Somebody who makes ten thousand things must not make a record that cannot be stored. */

const mostLines = 200;
const longestLine = 300;

/** What needs a person's eye first, and then as much as there is room for. */
export function boundLeft(left: string[]): string[] {
  const kept = (line: string) => /: kept /.test(line);
  const sorted = [...left.filter(kept), ...left.filter((line) => !kept(line))];
  const shown = sorted.slice(0, mostLines).map((line) => cut(line));
  const more = left.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

function cut(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}...` : line;
}
