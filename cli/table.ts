/** Rows under headings, aligned; and pairs of names and values. Both take text of other people: it is made safe here. */
import { stripVTControlCharacters } from 'node:util';
import { clean } from './clean.ts';
import type { Output, Paint } from './output.ts';

export interface Column<Row> {
  title: string;
  /** Plain text: colour comes from `style`. */
  value(row: Row): string;
  style?: (row: Row) => Parameters<Paint>[0] | undefined;
  /** May be cut where the terminal is too narrow: those marked `first` before the others, and the widest of them. */
  flexible?: boolean | 'first';
  /** Of a flexible column: what must be read to its end, whatever becomes of the table. */
  whole?: (row: Row) => boolean;
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
    columns.map((column) => column.flexible ?? false),
    out.columns,
  );
  const head = columns.map(({ title }, n) => out.paint('dim', pad(title, widths[n] ?? 0)));
  const body = cells.map((row, at) =>
    row.map((cell, n) => {
      const column = columns[n];
      const source = rows[at] as Row;
      const space = column?.whole?.(source) ? width(cell) : 0;
      const padded = pad(cell, Math.max(space, widths[n] ?? 0));
      const style = column?.style?.(source);
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

/** Takes what is too much, letter by letter, from the column that can spare it best. */
function fit(
  widths: number[],
  flexible: Column<unknown>['flexible'][],
  columns: number | undefined,
): number[] {
  const fitted = [...widths];
  const widest = (kind: true | 'first') =>
    fitted.reduce(
      (best, one, n) => (flexible[n] === kind && one > Math.max(narrowest, fitted[best] ?? 0) ? n : best),
      -1,
    );
  let over =
    columns === undefined ? 0 : widths.reduce((sum, one) => sum + one + gap.length, -gap.length) - columns;
  for (; over > 0; over -= 1) {
    const first = widest('first');
    const giving = first >= 0 ? first : widest(true);
    if (giving < 0) break;
    fitted[giving] = (fitted[giving] ?? 0) - 1;
  }
  return fitted;
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
