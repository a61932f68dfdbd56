/** What a file says, by its text layer or by OCR. */
export interface Reading {
  /** All there are; only the first ones are read. */
  pageCount: number;
  lines: Line[];
  zones: Zone[];
  /** From 0 to 1: how sure the words are, by their length. */
  confidence: number;
}

export type TextSource = 'text' | 'ocr';

/** What stands at one height of a page, from left to right, split where the gaps are wider than between words. */
export interface Line {
  /** From 1. */
  page: number;
  source: TextSource;
  cells: Cell[];
}

export interface Cell {
  text: string;
  left: number;
  right: number;
  /** From 0 to 1, that of its least sure word. */
  confidence: number;
}

/** What looks like a machine-readable zone, read several times over: each reading is its lines. */
export interface Zone {
  page: number;
  source: TextSource;
  readings: string[][];
}

/** A run of characters at its place, from the page's top left corner, in whatever unit the page has. */
export interface Word {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
  confidence: number;
}

/** Limits of what is kept of a page, far above any real one's. */
const maxLines = 300;
const maxCellChars = 300;

/** Gaps as parts of the text's height: narrower is no gap, wider begins another cell. */
const noGap = 0.1;
const cellGap = 1.2;

/** The lines of a page's runs of words. Runs at one height that don't cover each other are one line, such as the columns of a form. */
export function linesOf(runs: readonly Word[][], page: number, source: TextSource): Line[] {
  const rows: { words: Word[]; top: number; bottom: number }[] = [];
  const sorted = runs.filter(run => run.length > 0).map(run => ({ words: run, ...extent(run) }));
  for (const run of sorted.sort((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    // Only the last rows can be at this height: they are sorted.
    const row = rows
      .slice(-8)
      .find(other => isBeside(other, run) && !run.words.some(word => covers(other.words, word)));
    if (row) row.words.push(...run.words);
    else rows.push(run);
  }
  return rows.slice(0, maxLines).map(({ words }) => ({ page, source, cells: cellsOf(words) }));
}

function extent(words: readonly Word[]): { top: number; bottom: number } {
  return {
    top: words.reduce((least, { top }) => Math.min(least, top), Number.POSITIVE_INFINITY),
    bottom: words.reduce((most, { bottom }) => Math.max(most, bottom), Number.NEGATIVE_INFINITY),
  };
}

function isBeside(one: { top: number; bottom: number }, other: { top: number; bottom: number }): boolean {
  const distance = Math.abs(one.top + one.bottom - other.top - other.bottom) / 2;
  return distance < Math.min(one.bottom - one.top, other.bottom - other.top) / 2;
}

function covers(words: readonly Word[], { left, right }: Word): boolean {
  return words.some(word => word.left < right && left < word.right);
}

function cellsOf(words: readonly Word[]): Cell[] {
  const cells: Cell[] = [];
  for (const { text, left, right, top, bottom, confidence } of words.toSorted((a, b) => a.left - b.left)) {
    const last = cells.at(-1);
    const gap = last === undefined ? Number.POSITIVE_INFINITY : (left - last.right) / (bottom - top || 1);
    // A stray mark says nothing about how sure the rest is.
    const sure = /[\p{L}\p{N}]/u.test(text) ? confidence : 1;
    if (last && gap < cellGap) {
      last.text = `${last.text}${gap < noGap ? '' : ' '}${text}`.slice(0, maxCellChars);
      last.right = Math.max(last.right, right);
      last.confidence = Math.min(last.confidence, sure);
    } else cells.push({ text: text.slice(0, maxCellChars), left, right, confidence: sure });
  }
  return cells;
}

/** How sure words are together, each by its length; 0 without any. */
export function meanConfidence(words: readonly Word[]): number {
  const length = words.reduce((sum, { text }) => sum + text.length, 0);
  return length === 0 ? 0 : words.reduce((sum, { text, confidence }) => sum + confidence * text.length, 0) / length;
}

export function lineText(line: Line): string {
  return line.cells.map(cell => cell.text).join(' ');
}
