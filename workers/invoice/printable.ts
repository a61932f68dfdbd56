/**
 * The scripts whose letters, those of phonetics and of old books aside, the fonts have, and which stand one after the
 * other, left to right. Vietnamese is Latin.
 */
export const coveredScripts = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian'] as const;

/**
 * What invoices don't print as it is written. A character that the fonts lack becomes `missingMark`; text of these
 * scripts never makes a render fail.
 */
export const uncoveredScripts = [
  'Chinese, Japanese and Korean: no glyphs',
  'Devanagari, Bengali, Tamil and the other scripts of India, Thai, Khmer, Burmese, Tibetan, Ethiopic: no glyphs',
  'Arabic and Hebrew: printed letter by letter, neither joined nor from right to left',
  'Lao and other scripts whose marks are stacked: marks may be misplaced',
  'emoji, but for the few that are old symbols: no glyphs',
] as const;

/** Printed in place of a character that the fonts lack: □. */
export const missingMark = '\u25a1';

const foreignLetter = new RegExp(
  `(?!${coveredScripts.map(script => `\\p{Script=${script}}`).join('|')})\\p{Letter}`,
  'u',
);

/** Whether all letters of a text are of the covered scripts. */
export function isCovered(text: string): boolean {
  return !foreignLetter.test(text);
}

const plain = /^[ -~]*$/;
const invisible = /\p{Default_Ignorable_Code_Point}/u;

/**
 * A line as it can be drawn: composed, without characters that have no look of their own (joiners, direction marks), each
 * that `hasGlyph` denies, and each control character, replaced by `missingMark`.
 */
export function printable(line: string, hasGlyph: (codePoint: number) => boolean): string {
  if (plain.test(line)) return line;
  let text = '';
  for (const character of line.normalize('NFC')) {
    const codePoint = character.codePointAt(0) as number;
    if (character === '\t') text += ' ';
    else if (hasGlyph(codePoint) && !invisible.test(character)) text += character;
    else if (!invisible.test(character)) text += missingMark;
  }
  return text;
}
