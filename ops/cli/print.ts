import Table from 'cli-table3';

export interface Column<Row> {
  title: string;
  value: (row: Row) => string | number | boolean | Date | null;
  align?: 'right';
}

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

/** Rows as aligned text without borders, so that it can be read, copied and cut; `none` is said when there are none. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], none: string): string {
  if (rows.length === 0) return none;
  const table = new Table({
    head: columns.map(column => column.title),
    colAligns: columns.map(column => column.align ?? 'left'),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map(row => columns.map(column => renderCell(column.value(row)))));
  return trimLines(table.toString());
}

/** Names and values beside each other. */
export function renderFacts(facts: Record<string, string | number | boolean | Date | null>): string {
  const width = Math.max(...Object.keys(facts).map(name => name.length));
  return Object.entries(facts)
    .map(([name, value]) => `${name.padEnd(width)}  ${renderCell(value)}`)
    .join('\n');
}

/** `47 s`, `12 min`, `3.5 h`, `2.1 d`. */
export function renderDuration(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 360) / 10} h`;
  return `${Math.round(seconds / 8_640) / 10} d`;
}

// What a client has written must not steer the terminal that it is shown on.
const controlCharacters = /\p{Cc}/gu;

function renderCell(value: string | number | boolean | Date | null): string {
  if (value === null) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return value.toISOString();
  return String(value).replace(controlCharacters, '\uFFFD');
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}
