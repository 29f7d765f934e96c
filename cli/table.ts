/** Rows under headings, aligned; and pairs of names and values. Both take text of other people: it is made safe here. */
import { stripVTControlCharacters } from 'node:util';
import { clean } from './clean.ts';
import type { Output, Paint } from './output.ts';

export interface Column<Row> {
  title: string;
  /** Plain text: colour comes from `style`. */
  value(row: Row): string;
  style?: (row: Row) => Parameters<Paint>[0] | undefined;
  /** Is cut where the terminal is too narrow. */
  flexible?: boolean;
}

const gap = '  ';
const narrowest = 12;

/** `nothing` is what to say in place of a table without rows. */
export function table<Row>(
  out: Output,
  rows: readonly Row[],
  columns: Column<Row>[],
  nothing: string,
): string {
  if (rows.length === 0) return nothing;
  const cells = rows.map((row) => columns.map((column) => clean(column.value(row))));
  const widths = fit(
    columns.map(({ title }, n) => Math.max(width(title), ...cells.map((row) => width(row[n] ?? '')))),
    columns.map((column) => column.flexible === true),
    out.columns,
  );
  const head = columns.map(({ title }, n) => out.paint('dim', pad(title, widths[n] ?? 0)));
  const body = cells.map((row, at) =>
    row.map((cell, n) => {
      const style = columns[n]?.style?.(rows[at] as Row);
      const padded = pad(cell, widths[n] ?? 0);
      return style === undefined ? padded : out.paint(style, padded);
    }),
  );
  return [head, ...body].map((row) => row.join(gap).trimEnd()).join('\n');
}

/** Name and value on each line; what is undefined is left out. */
export function pairs(out: Output, entries: [name: string, value: string | undefined][]): string {
  const shown = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const widest = Math.max(0, ...shown.map(([name]) => width(name)));
  return shown
    .map(([name, value]) => `${out.paint('dim', pad(name, widest))}${gap}${clean(value)}`)
    .join('\n');
}

/** Takes what is too much from the flexible columns, evenly. */
function fit(widths: number[], flexible: boolean[], columns: number | undefined): number[] {
  const total = widths.reduce((sum, one) => sum + one + gap.length, -gap.length);
  const giving = widths.filter((one, n) => flexible[n] && one > narrowest).length;
  if (columns === undefined || total <= columns || giving === 0) return widths;
  const less = Math.ceil((total - columns) / giving);
  return widths.map((one, n) => (flexible[n] && one > narrowest ? Math.max(narrowest, one - less) : one));
}

function pad(text: string, to: number): string {
  const size = width(text);
  if (size > to)
    return `${Array.from(text)
      .slice(0, to - 1)
      .join('')}…`;
  return text + ' '.repeat(to - size);
}

function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
