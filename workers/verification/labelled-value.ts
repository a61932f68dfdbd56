import { labels } from './field-labels.ts';
import type { Cell, Line, TextSource } from './reading.ts';

/** A text that may be what a label names. */
export interface LabelledValue {
  text: string;
  confidence: number;
  page: number;
  source: TextSource;
}

/** A label and what stands behind it, to its right and below it, the nearest first. */
export interface LabelledPlace {
  /** All of the label's cell, and where in it the label begins. */
  cell: string;
  label: number;
  values: LabelledValue[];
}

const linesBelow = 2;

/** Every place where a label stands. `label` is global; with `atStart` it counts at the beginning of a cell only. */
export function placesOf(lines: readonly Line[], label: RegExp, { atStart = false } = {}): LabelledPlace[] {
  return lines.flatMap((line, i) => {
    const { page, source } = line;
    return line.cells.flatMap((cell, c) =>
      [...cell.text.matchAll(label)]
        .filter(match => !atStart || /^[^\p{L}]*$/u.test(cell.text.slice(0, match.index)))
        .map(match => {
          const behind = cell.text.slice(match.index + match[0].length);
          const right = line.cells.slice(c + 1, c + 2);
          const below = lines.slice(i + 1, i + 1 + linesBelow).filter(other => other.page === page);
          const near = [...right, ...below.flatMap(other => cellUnder(other.cells, cell))];
          const values = [{ text: behind, confidence: cell.confidence }, ...near]
            .map(({ text, confidence }) => ({ text: untilLabel(text), confidence, page, source }))
            .filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
          return { cell: cell.text, label: match.index, values };
        }),
    );
  });
}

/** What stands before the next label, without the marks and the translations around a label: `/ Nom`, `(dd/mm/yyyy):`. */
function untilLabel(text: string): string {
  const value = text.replace(/^\s*(?:\/\s*[\p{L} .'’]{2,30}(?=:|$)|\([^)]{0,40}\))?[\s:.;/#=–—-]*/u, '');
  const next = value.matchAll(labels.any).next().value?.index;
  return value.slice(0, next).trim();
}

function cellUnder(cells: readonly Cell[], { left, right }: Cell): Cell[] {
  return cells.filter(cell => cell.left < right && left < cell.right).slice(0, 1);
}
