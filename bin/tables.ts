import Table from 'cli-table3';
import { paint, type Style } from './paint.ts';

/** A cell's text, and how it stands out. */
export type Cell = string | { readonly text: string; readonly style: Style };

export interface TableShape {
  /** How wide the terminal is; undefined where it does not matter. */
  readonly columns: number | undefined;
  /** The columns whose cells may be wrapped, the first one first: ids can be copied whole from the others. */
  readonly wraps: readonly number[];
}

/** A table for people. Cells come from systems outside: what would move the cursor is shown, not done. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  shape: TableShape = { columns: undefined, wraps: [] },
): string {
  const cells = rows.map((row) => row.map((cell) => visible(typeof cell === 'string' ? cell : cell.text)));
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    colWidths: widthsOf(head.length === 0 ? cells : [head, ...cells], shape),
  });
  table.push(...cells.map((row, index) => row.map((text, column) => painted(text, rows[index]?.[column]))));
  return table.toString();
}

function painted(text: string, cell: Cell | undefined): string {
  return cell === undefined || typeof cell === 'string' ? text : paint(cell.style, text);
}

/** How wide a table is. */
export function widthOf(table: string): number {
  return table.indexOf('\n');
}

/** Widths of the columns that must be narrower than their cells, with the space on either side. */
function widthsOf(rows: readonly (readonly string[])[], { columns = Number.POSITIVE_INFINITY, wraps }: TableShape) {
  const cellsOf = (column: number) => rows.map((row) => row[column] ?? '');
  const longest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const widths = (rows[0] ?? []).map((_, column) => longest(cellsOf(column)));
  const narrowed: (number | null)[] = widths.map(() => null);
  // Each column has a space on either side and a border on its left; the table has one more on its right.
  let surplus = widths.reduce((sum, width) => sum + width + 3, 1) - columns;
  for (const column of wraps) {
    const [width = 0, least] = [widths[column], longest(cellsOf(column).flatMap((text) => text.split(' ')))];
    const less = Math.min(surplus, width - least);
    if (less <= 0) continue;
    narrowed[column] = width - less + 2;
    surplus -= less;
  }
  return narrowed;
}

/** With control characters made visible, so that nothing in a text can steer a terminal. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

/** For how long, in the two largest units: `3 h 5 min`. */
export function durationOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = units.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** `1 event`, `2 events` */
export function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
