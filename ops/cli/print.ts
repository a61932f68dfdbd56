import Table from 'cli-table3';

export type Color = keyof typeof codes;
type Cell = string | number | boolean | Date | null;

/** What a terminal can show. */
export interface Look {
  /** Characters in a line. */
  width: number;
  colors: boolean;
}

export interface Column<Row> {
  title: string;
  value: (row: Row) => Cell;
  align?: 'right';
  /** Is cut where the lines would not fit. */
  shrinks?: boolean;
  color?: (row: Row) => Color | null;
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const gap = noBorders.middle.length;
const narrowestCell = 8;

/**
 * Rows as aligned text without borders, so that it can be read, copied and cut; `none` is said when there are none. Without a
 * terminal nothing is cut or coloured.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  none: string,
  look?: Look,
): string {
  if (rows.length === 0) return none;
  const cells = rows.map(row => columns.map(column => renderCell(column.value(row))));
  const widths = widthsOf(cells, columns, look?.width ?? Number.POSITIVE_INFINITY);
  const table = new Table({
    head: columns.map(column => paint(column.title, 'dim', look)),
    colAligns: columns.map(column => column.align ?? 'left'),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const [index, row] of rows.entries()) {
    const texts = cells[index] as string[];
    table.push(
      columns.map(({ color }, at) => paint(cut(texts[at] as string, widths[at] as number), color?.(row) ?? null, look)),
    );
  }
  return trimLines(table.toString());
}

/** The widest of the columns that may shrink give way, until the lines fit or none can any more. */
function widthsOf(
  cells: readonly (readonly string[])[],
  columns: readonly Column<never>[],
  lineWidth: number,
): number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map(row => lengthOf(row[at] as string))),
  );
  const over = () => widths.reduce((sum, width) => sum + width + gap, -gap) - lineWidth;
  while (over() > 0) {
    const shrinking = columns.flatMap(({ shrinks, title }, at) =>
      shrinks && (widths[at] as number) > Math.max(narrowestCell, title.length) ? [at] : [],
    );
    const widest = shrinking.sort((a, b) => (widths[b] as number) - (widths[a] as number))[0];
    if (widest === undefined) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** The text in so many characters, the last of which tells that there were more. */
export function cut(text: string, width: number): string {
  return lengthOf(text) <= width
    ? text
    : `${Array.from(text)
        .slice(0, width - 1)
        .join('')}…`;
}

/** The text in a colour, on a terminal that has any. */
export function paint(text: string, color: Color | null, look: Look | undefined): string {
  return color === null || !look?.colors || text === '' ? text : `\u001b[${codes[color]}m${text}\u001b[0m`;
}

/** Names and values beside each other. */
export function renderFacts(facts: Record<string, Cell>): string {
  const width = Math.max(...Object.keys(facts).map(name => name.length));
  return Object.entries(facts)
    .map(([name, value]) => `${name.padEnd(width)}  ${renderCell(value)}`)
    .join('\n');
}

/** `1 job`, `2 jobs`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `47 s`, `12 min`, `3.5 h`, `2.1 d`. */
export function renderDuration(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 360) / 10} h`;
  return `${Math.round(seconds / 8_640) / 10} d`;
}

/** How long ago. */
export function renderAge(at: Date | string, nowMs = Date.now()): string {
  return renderDuration(Math.max(0, Math.round((nowMs - new Date(at).getTime()) / 1_000)));
}

/** `2026-01-31 08:15:02Z`. */
export function renderMoment(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

const barHeights = '▁▂▃▄▅▆▇█';

/** Figures as bars beside each other; a dot for none. */
export function renderSpark(figures: readonly number[]): string {
  const peak = Math.max(1, ...figures);
  return figures
    .map(figure => (figure === 0 ? '·' : barHeights[Math.ceil((figure / peak) * barHeights.length) - 1]))
    .join('');
}

// What a client has written must not steer the terminal that it is shown on.
const controlCharacters = /\p{Cc}/gu;

export function renderCell(value: Cell): string {
  if (value === null) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return renderMoment(value);
  return String(value).replace(controlCharacters, '\uFFFD');
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}
