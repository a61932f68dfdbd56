import type { PrintFont } from './fonts.ts';

/** A word with the spaces behind it; long compounds part after a hyphen, dash or slash between letters. */
const pieces = /(?:[^ ]*?\p{L}[-\u2010\u2013\u2014/](?=\p{L})|[^ ]+) */gu;
const lineEnd = /\r\n|[\n\r\u2028\u2029]/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Divides text into printable lines no wider than `width` points. Its own line breaks stay; a word that is too long parts anywhere. */
export function wrapText(text: string, font: PrintFont, size: number, width: number): string[] {
  const widthOf = (part: string) => font.widthOf(part.trimEnd(), size);
  return text.split(lineEnd).flatMap(paragraph => {
    const whole = font.printable(paragraph).trim();
    if (widthOf(whole) <= width) return [whole];
    const lines: string[] = [];
    let line = '';
    const add = (part: string) => {
      if (line === '' || widthOf(line + part) <= width) {
        line += part;
      } else {
        lines.push(line.trimEnd());
        line = part;
      }
    };
    for (const piece of whole.match(pieces) ?? []) {
      if (widthOf(piece) <= width) add(piece);
      else for (const { segment } of graphemes.segment(piece)) add(segment);
    }
    return [...lines, line.trimEnd()];
  });
}
