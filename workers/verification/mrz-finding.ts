import {
  type MrzCheckedField,
  type MrzFields,
  type MrzFormat,
  type MrzSpan,
  mrzLayouts,
  mrzText,
  readMrz,
  wrongCheckDigits,
} from '../../shared/mrz.ts';
import type { Zone } from './reading.ts';

/** What a zone's readings come to. */
export interface MrzFinding {
  format: MrzFormat;
  fields: MrzFields;
  /** `proven`: every check digit holds; `wrong`: one doesn't, though it was surely read; `unsure`: it may have been misread. */
  status: 'proven' | 'wrong' | 'unsure';
  wrong: MrzCheckedField[];
  page: number;
}

/** So many readings must be the same, to the letter, for a wrong check digit to be the document's. */
const minAgreeing = 3;
/** How many characters a line may lose or win. */
const lengthSlack = 3;
const toDigit: Record<string, string> = { O: '0', Q: '0', D: '0', I: '1', L: '1', Z: '2', S: '5', G: '6', B: '8' };
const toLetter: Record<string, string> = { '0': 'O', '1': 'I', '2': 'Z', '5': 'S', '6': 'G', '8': 'B' };
/** Pairs that OCR confuses and that a check digit tells apart: G and 6 differ by ten, which it can't see. */
const confusions: Record<string, string> = {
  O: '0',
  Q: '0',
  D: '0',
  I: '1',
  Z: '2',
  S: '5',
  B: '8',
  ...toLetter,
  '6': '',
};

/**
 * Judges a zone by its check digits. A field that is misread in one reading is taken from another in which its digit holds.
 * Letters where only digits can be, and digits where only letters can be, are put right. A document number, which may have
 * both, is put right only if the rest of the document (`printed`: its letters and digits, nothing between) says the same.
 * Undefined for what is no zone of an identity document by ICAO Doc 9303.
 */
export function judgeZone({ page, readings }: Zone, printed: string): MrzFinding | undefined {
  const format = formatOf(readings);
  if (!format) return undefined;
  const whole = readings.map(lines => fit(format, lines)).filter(lines => lines !== undefined);
  const fitting = whole.map(lines => retype(format, lines));
  const [lines] = fitting;
  if (!lines || isForeign(format, lines)) return undefined;
  const { checked, composite } = mrzLayouts[format];
  const spans = Object.values(checked).map(({ line, start, end }) => ({ line, start, end: end + 1 }));
  const voted = [...spans, composite.at].reduce((best, span) => withBest(format, best, span, fitting), lines);
  const best = repairNumber(format, voted, printed) ?? voted;
  const wrong = wrongCheckDigits(format, best);
  const names = mostCommon(fitting.map(other => mrzText(other, mrzLayouts[format].names)));
  const fields = readMrz(format, put(best, mrzLayouts[format].names, names));
  if (wrong.length === 0) return { format, fields, status: 'proven', wrong, page };
  const agreeing = whole.filter(other => isSame(format, other, best)).length;
  const surely = agreeing >= minAgreeing && !isConfusable(format, best, wrong);
  return { format, fields, status: surely ? 'wrong' : 'unsure', wrong, page };
}

/** No check digit covers the names; what most readings say has to do. */
function mostCommon(texts: readonly string[]): string {
  const times = (text: string) => texts.filter(other => other === text).length;
  return texts.reduce((best, text) => (times(text) > times(best) ? text : best), texts[0] ?? '');
}

/** By how many lines there are, and how long. */
function formatOf(readings: readonly string[][]): MrzFormat | undefined {
  const all = readings.flat();
  const fits = (format: MrzFormat) => {
    const { lines, length } = mrzLayouts[format];
    const close = all.filter(line => Math.abs(line.length - length) <= lengthSlack).length;
    return close >= lines ? close : 0;
  };
  const [best] = (['TD3', 'TD2', 'TD1'] as const).toSorted((a, b) => fits(b) - fits(a));
  return best && fits(best) > 0 ? best : undefined;
}

/** A reading's last lines at their full length: what is too much may also stand at the beginning, where an edge was taken for letters. */
function fit(format: MrzFormat, reading: readonly string[]): string[] | undefined {
  const { lines: count, length, names } = mrzLayouts[format];
  const close = reading.filter(line => Math.abs(line.length - length) <= lengthSlack).slice(-count);
  const fillersAtEnd = (i: number) => i === names.line || (format === 'TD1' && i === 0);
  const filled = close.map((line, i) => toLength(line, length, fillersAtEnd(i)));
  const cut = close.map((line, i) => (line.length > length ? line.slice(-length) : filled[i]));
  const [best] = [filled, cut]
    .filter((lines): lines is string[] => lines.length === count && !lines.includes(undefined))
    .toSorted((a, b) => mistakes(format, a) - mistakes(format, b));
  return best;
}

function mistakes(format: MrzFormat, lines: readonly string[]): number {
  return wrongCheckDigits(format, retype(format, lines)).length;
}

/** Lines in the characters that their places allow. */
function retype(format: MrzFormat, lines: readonly string[]): string[] {
  const { checked, names, issuingState, nationality, composite } = mrzLayouts[format];
  const { birthDate, expiryDate } = checked;
  const digits = Object.values(checked).map(({ line, end }) => ({ line, start: end, end: end + 1 }));
  const replaced = (by: Record<string, string>) => (old: readonly string[], span: MrzSpan) =>
    put(
      old,
      span,
      mrzText(old, span).replace(/./g, char => by[char] ?? char),
    );
  const numeric = [birthDate, expiryDate, ...digits, composite.at].reduce(replaced(toDigit), lines);
  return [...[issuingState, nationality, names].reduce(replaced(toLetter), numeric)];
}

/** Fillers are what OCR loses and adds: at the end, or in the longest run of them. */
function toLength(line: string, length: number, fillersAtEnd: boolean): string | undefined {
  if (line.length === length) return line;
  if (fillersAtEnd) return line.length < length ? line.padEnd(length, '<') : line.slice(0, length);
  const run = (line.match(/<{2,}/g) ?? []).sort((a, b) => b.length - a.length)[0];
  const fillers = run === undefined ? 0 : run.length + length - line.length;
  return run === undefined || fillers < 1 ? undefined : line.replace(run, '<'.repeat(fillers));
}

/** The lines with a span from the reading in which fewest check digits are wrong; as it is, if none is better. */
function withBest(format: MrzFormat, lines: string[], span: MrzSpan, readings: readonly string[][]): string[] {
  let best = lines;
  for (const other of readings) {
    const tried = put(best, span, mrzText(other, span));
    if (wrongCheckDigits(format, tried).length < wrongCheckDigits(format, best).length) best = tried;
  }
  return best;
}

function put(lines: readonly string[], { line, start, end }: MrzSpan, text: string): string[] {
  return lines.map((old, i) => (i === line ? old.slice(0, start) + text + old.slice(end) : old));
}

/** The document number with one confusable character replaced, wherever that makes all check digits hold. */
function numberVariants(format: MrzFormat, lines: readonly string[]): string[][] {
  const span = mrzLayouts[format].checked.documentNumber;
  const number = mrzText(lines, span);
  return Array.from(number)
    .map((char, i) => {
      const other = confusions[char];
      return other ? put(lines, span, number.slice(0, i) + other + number.slice(i + 1)) : undefined;
    })
    .filter(variant => variant !== undefined)
    .filter(variant => wrongCheckDigits(format, variant).length === 0);
}

function repairNumber(format: MrzFormat, lines: readonly string[], printed: string): string[] | undefined {
  const variants = numberVariants(format, lines).filter(variant =>
    printed.includes(readMrz(format, variant).documentNumber.replaceAll(' ', '')),
  );
  return variants.length === 1 ? variants[0] : undefined;
}

/** Whether one character that OCR confuses explains what is wrong. */
function isConfusable(format: MrzFormat, lines: readonly string[], wrong: readonly MrzCheckedField[]): boolean {
  return wrong.includes('documentNumber') && numberVariants(format, lines).length > 0;
}

/** Whether two readings agree where check digits look: everywhere but in the names. */
function isSame(format: MrzFormat, one: readonly string[], other: readonly string[]): boolean {
  const { checked, composite } = mrzLayouts[format];
  const spans = [
    ...Object.values(checked).map(span => ({ ...span, end: span.end + 1 })),
    ...composite.of,
    composite.at,
  ];
  return spans.every(span => mrzText(one, span) === mrzText(other, span));
}

/** Visas, and the old French identity card, have lines of these lengths and other digits. */
function isForeign(format: MrzFormat, lines: readonly string[]): boolean {
  return lines[0]?.startsWith('V') === true || (format === 'TD2' && lines[0]?.startsWith('IDFRA') === true);
}
