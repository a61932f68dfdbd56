import type { Block } from './flow.ts';
import type { Element, Sheet, Style } from './sheet.ts';
import { baselineIn, leading } from './styles.ts';
import { wrapText } from './wrap-text.ts';

/** One line of text. */
export interface Line {
  text: string;
  style: Style;
}

export interface Column {
  x: number;
  lines: Line[];
  /** What its lines belong to. */
  element: Element;
}

/** Text as lines no wider than `width`. */
export function linesOf(sheet: Sheet, text: string, style: Style, width: number): Line[] {
  return wrapText(text, sheet.fonts[style.font], style.size, width).map(line => ({ text: line, style }));
}

/** Columns side by side, a block for each row of their lines. */
export function columnBlocks(sheet: Sheet, columns: Column[]): Block[] {
  const rowCount = Math.max(...columns.map(({ lines }) => lines.length));
  return Array.from({ length: rowCount }, (_, row) => {
    const parts = columns.flatMap(({ x, lines, element }) => {
      const line = lines[row];
      return line ? [{ x, element, ...line }] : [];
    });
    // One baseline for all, the largest style's.
    const [largest] = parts.map(({ style }) => style).toSorted((a, b) => b.size - a.size) as [Style];
    const height = leading(largest);
    return {
      height,
      draw: top => {
        for (const { x, element, text, style } of parts)
          sheet.draw(element, () => sheet.text(text, x, baselineIn(top, height, largest), style));
      },
    };
  });
}
