/** `same`: one person's name in two spellings; `other`: nothing in common; `unsure`: anything between. */
export type NameMatch = 'same' | 'unsure' | 'other';

/** How a part of a name may be written: `Müller` as MULLER and as MUELLER. */
type Part = readonly string[];

const titles = new Set(['MR', 'MRS', 'MS', 'MISS', 'DR', 'PROF', 'SIR', 'JR', 'SR']);
/** Letters that don't come apart into a base and a mark. */
const plainLetters: Record<string, string> = {
  ß: 'SS',
  ẞ: 'SS',
  Ø: 'O',
  Ł: 'L',
  Đ: 'D',
  Ð: 'D',
  Þ: 'TH',
  Æ: 'AE',
  Œ: 'OE',
};
/** How travel documents write them (ICAO Doc 9303, part 3, section 6), where that is otherwise. */
const longLetters: Record<string, string> = { Ä: 'AE', Ö: 'OE', Ü: 'UE', Ø: 'OE', Å: 'AA' };
/** What OCR takes for a letter in the middle of a name, by the letters it may be. */
const lookalikes: Record<string, string> = {
  '0': 'OQD',
  '1': 'IL',
  '|': 'IL',
  '!': 'IL',
  '5': 'S',
  $: 'S',
  '8': 'B',
  '2': 'Z',
  '6': 'G',
};

/**
 * Compares a name as it was found with a holder's full name: whatever the case, the marks, the order and the titles, with or
 * without middle names, and with digits that OCR put for letters. Similar isn't the same: MARTA and MARIA are `unsure`.
 */
export function compareNames(found: string, holder: string): NameMatch {
  const [there, wanted] = [nameParts(found), nameParts(holder)];
  const [first, last] = [wanted[0], wanted.at(-1)];
  if (!first || !last || there.length === 0) return 'unsure';
  if (joined(there) === joined(wanted)) return 'same';
  const left = [...there];
  const take = (part: Part, fits: (found: Part, wanted: Part) => boolean): boolean => {
    const at = left.findIndex(other => fits(other, part));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  const equal = new Set(wanted.filter(part => take(part, isSamePart)));
  const rest = wanted.filter(part => !equal.has(part));
  const initial = new Set(rest.filter(part => take(part, isInitial)));
  const missing = rest.filter(part => !initial.has(part));
  const similar = missing.some(part => left.some(other => isNear(other, part)));
  if (equal.size === 0) return initial.size > 0 || similar || !sameScript(found, holder) ? 'unsure' : 'other';
  // One may have middle names that the other leaves out, but not others in their place.
  const compatible = missing.length === 0 || left.length === 0;
  const whole = equal.has(first) && equal.has(last) && equal.size >= Math.min(2, Math.max(wanted.length, there.length));
  return compatible && whole ? 'same' : 'unsure';
}

/** The parts of a name, without titles and without what has no letter. */
export function nameParts(name: string): Part[] {
  const upper = name
    .normalize('NFC')
    .replace(/['’`´.]/g, '')
    .replaceAll('ß', 'SS')
    .toUpperCase();
  return upper
    .split(/[^\p{L}\p{M}\p{N}|!$]+/u)
    .filter(part => /\p{L}/u.test(part) && !titles.has(part))
    .map(spellings);
}

function spellings(part: string): Part {
  if (/^[A-Z]+$/.test(part)) return [part];
  const long = part.replace(/[ÄÖÜØÅ]/g, letter => longLetters[letter] ?? letter);
  return [...new Set([plain(part), plain(long)])];
}

function plain(part: string): string {
  return part
    .replace(/[ẞØŁĐÐÞÆŒ]/g, letter => plainLetters[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
}

function joined(parts: readonly Part[]): string {
  return parts.map(([spelling]) => spelling).join('');
}

function isSamePart(found: Part, wanted: Part): boolean {
  return found.some(one => wanted.some(other => isSameSpelling(one, other)));
}

function isSameSpelling(found: string, wanted: string): boolean {
  return (
    found.length === wanted.length &&
    Array.from(found).every((char, i) => char === wanted[i] || lookalikes[char]?.includes(wanted[i] as string) === true)
  );
}

function isInitial([found = '']: Part, [wanted = '']: Part): boolean {
  return (found.length === 1 || wanted.length === 1) && found[0] === wanted[0];
}

/** A letter in four, and at least one, may be wrong, lost or added. */
function isNear(found: Part, wanted: Part): boolean {
  return found.some(one =>
    wanted.some(other => editDistance(one, other) <= Math.max(1, Math.min(one.length, other.length) / 4)),
  );
}

function sameScript(one: string, other: string): boolean {
  return /\p{Script=Latin}/u.test(one) === /\p{Script=Latin}/u.test(other);
}

/** Levenshtein's distance of two short texts. */
export function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const swap = (previous[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[other.length] as number;
}
