/*
 * Machine-readable zones of travel documents: ICAO Doc 9303, parts 4 to 6. Lines are upper case, `<` fills.
 */

export type MrzFormat = 'TD1' | 'TD2' | 'TD3';

/** Characters of a zone: line, and from start to before end, all from 0. */
export interface MrzSpan {
  line: number;
  start: number;
  end: number;
}

export interface MrzLayout {
  lines: number;
  length: number;
  issuingState: MrzSpan;
  nationality: MrzSpan;
  names: MrzSpan;
  /** Fields whose check digit follows them at once. */
  checked: Record<'documentNumber' | 'birthDate' | 'expiryDate', MrzSpan> & { personalNumber?: MrzSpan };
  /** Where a document number goes on that is too long for its field. */
  overflow: MrzSpan | undefined;
  composite: { of: MrzSpan[]; at: MrzSpan };
}

const span = (line: number, start: number, end: number): MrzSpan => ({ line, start, end });

export const mrzLayouts: Record<MrzFormat, MrzLayout> = {
  TD1: {
    lines: 3,
    length: 30,
    issuingState: span(0, 2, 5),
    nationality: span(1, 15, 18),
    names: span(2, 0, 30),
    checked: { documentNumber: span(0, 5, 14), birthDate: span(1, 0, 6), expiryDate: span(1, 8, 14) },
    overflow: span(0, 15, 30),
    composite: { of: [span(0, 5, 30), span(1, 0, 7), span(1, 8, 15), span(1, 18, 29)], at: span(1, 29, 30) },
  },
  TD2: {
    lines: 2,
    length: 36,
    issuingState: span(0, 2, 5),
    nationality: span(1, 10, 13),
    names: span(0, 5, 36),
    checked: { documentNumber: span(1, 0, 9), birthDate: span(1, 13, 19), expiryDate: span(1, 21, 27) },
    overflow: span(1, 28, 35),
    composite: { of: [span(1, 0, 10), span(1, 13, 20), span(1, 21, 35)], at: span(1, 35, 36) },
  },
  TD3: {
    lines: 2,
    length: 44,
    issuingState: span(0, 2, 5),
    nationality: span(1, 10, 13),
    names: span(0, 5, 44),
    checked: {
      documentNumber: span(1, 0, 9),
      birthDate: span(1, 13, 19),
      expiryDate: span(1, 21, 27),
      personalNumber: span(1, 28, 42),
    },
    overflow: undefined,
    composite: { of: [span(1, 0, 10), span(1, 13, 20), span(1, 21, 43)], at: span(1, 43, 44) },
  },
};

export type MrzCheckedField = 'documentNumber' | 'birthDate' | 'expiryDate' | 'personalNumber' | 'composite';

/** What a zone says. Dates are as printed (yymmdd); `documentNumber` is whole, even where it overflows its field. */
export interface MrzFields {
  documentCode: string;
  issuingState: string;
  nationality: string;
  documentNumber: string;
  birthDate: string;
  expiryDate: string;
  surname: string;
  givenNames: string;
}

/** The check digit of a text: its characters' values by the weights 7, 3, 1, modulo 10. */
export function mrzCheckDigit(text: string): string {
  const weights = [7, 3, 1];
  const sum = Array.from(text).reduce((total, char, i) => total + valueOf(char) * (weights[i % 3] as number), 0);
  return String(sum % 10);
}

function valueOf(char: string): number {
  return char === '<' ? 0 : Number.parseInt(char, 36);
}

export function mrzText(lines: readonly string[], { line, start, end }: MrzSpan): string {
  return lines[line]?.slice(start, end) ?? '';
}

/** The fields of whole lines whose check digits are wrong. */
export function wrongCheckDigits(format: MrzFormat, lines: readonly string[]): MrzCheckedField[] {
  const { checked, composite } = mrzLayouts[format];
  const wrong = (Object.keys(checked) as (keyof typeof checked)[]).filter(field => {
    const at = checked[field] as MrzSpan;
    const text = mrzText(lines, at);
    const digit = lines[at.line]?.[at.end];
    const long = field === 'documentNumber' ? longNumber(format, lines) : undefined;
    if (long !== undefined) return mrzCheckDigit(long.slice(0, -1)) !== long.at(-1);
    // A personal number is optional, and then so is its digit.
    return digit !== mrzCheckDigit(text) && !(field === 'personalNumber' && digit === '<' && /^<+$/.test(text));
  });
  const whole = composite.of.map(part => mrzText(lines, part)).join('');
  return mrzCheckDigit(whole) === mrzText(lines, composite.at) ? wrong : [...wrong, 'composite'];
}

/** A number that is longer than its field, with its check digit: `<` stands in the digit's place, and the rest overflows. */
function longNumber(format: MrzFormat, lines: readonly string[]): string | undefined {
  const { checked, overflow } = mrzLayouts[format];
  const { line, end } = checked.documentNumber;
  if (!overflow || lines[line]?.[end] !== '<') return undefined;
  const rest = mrzText(lines, overflow).split('<', 1)[0] as string;
  return rest.length < 2 ? undefined : mrzText(lines, checked.documentNumber) + rest;
}

export function readMrz(format: MrzFormat, lines: readonly string[]): MrzFields {
  const { issuingState, nationality, names, checked } = mrzLayouts[format];
  const [surname = '', givenNames = ''] = mrzText(lines, names).split('<<');
  return {
    documentCode: bare(lines[0]?.slice(0, 2) ?? ''),
    issuingState: bare(mrzText(lines, issuingState)),
    nationality: bare(mrzText(lines, nationality)),
    documentNumber: bare(longNumber(format, lines)?.slice(0, -1) ?? mrzText(lines, checked.documentNumber)),
    birthDate: mrzText(lines, checked.birthDate),
    expiryDate: mrzText(lines, checked.expiryDate),
    surname: bare(surname),
    givenNames: bare(givenNames),
  };
}

function bare(text: string): string {
  return text.replaceAll('<', ' ').trim();
}

/**
 * yymmdd as yyyy-mm-dd: an expiry in the century that puts it nearest to now, a birth in the last one that isn't ahead.
 * Undefined for what is no date.
 */
export function mrzDate(yymmdd: string, of: 'birth' | 'expiry', now: Date): string | undefined {
  if (!/^\d{6}$/.test(yymmdd)) return undefined;
  const year = now.getUTCFullYear();
  const latest = of === 'expiry' ? year + 50 : year;
  const yy = Number(yymmdd.slice(0, 2));
  const full = latest - ((((latest - yy) % 100) + 100) % 100);
  const date = `${full}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4)}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) ? date : undefined;
}
