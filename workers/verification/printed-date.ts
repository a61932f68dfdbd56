/** A date as it stands in a text, and the days that it may mean: two, if day and month can be either. */
export interface PrintedDate {
  text: string;
  index: number;
  /** yyyy-mm-dd. */
  days: string[];
}

/** Months in the languages of most documents, long and short. */
const months = [
  'JANUARY JAN JANVIER JANV JANUAR JÄNNER ENERO ENE GENNAIO GEN JANEIRO STYCZNIA STY',
  'FEBRUARY FEB FÉVRIER FEVRIER FÉVR FEVR FÉV FEV FEBRUAR FEBRERO FEBBRAIO FEVEREIRO LUTEGO LUT',
  'MARCH MAR MARS MÄRZ MÄR MRZ MARZO MARÇO MARCA',
  'APRIL APR AVRIL AVR ABRIL ABR APRILE KWIETNIA KWI',
  'MAY MAI MAYO MAGGIO MAG MAIO MAJA MAJ',
  'JUNE JUN JUIN JUNI JUNIO GIUGNO GIU JUNHO CZERWCA CZE',
  'JULY JUL JUILLET JUIL JULI JULIO LUGLIO LUG JULHO LIPCA LIP',
  'AUGUST AUG AOÛT AOUT AGOSTO AGO SIERPNIA SIE',
  'SEPTEMBER SEPTEMBRE SEPT SEP SEPTIEMBRE SETTEMBRE SETEMBRO SET WRZEŚNIA WRZ',
  'OCTOBER OCT OCTOBRE OKTOBER OKT OCTUBRE OTTOBRE OTT OUTUBRO OUT PAŹDZIERNIKA PAŹ',
  'NOVEMBER NOV NOVEMBRE NOVIEMBRE NOVEMBRO LISTOPADA LIS',
  'DECEMBER DEC DÉCEMBRE DECEMBRE DÉC DEZEMBER DEZ DICIEMBRE DIC DICEMBRE DEZEMBRO GRUDNIA GRU',
].map(names => names.split(' '));

const name = String.raw`(?:${months.flat().join('|')})(?!\p{L})`;
const year = String.raw`(?:(?:19|20|21)\d\d)`;
const gap = String.raw`[ .,/-]{0,3}`;
/** Documents of two languages write `12 MAR/MARS 2027`. */
const patterns: { form: RegExp; days: (parts: string[]) => (string | undefined)[] }[] = [
  {
    form: new RegExp(String.raw`(?<!\d)(${year})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)`, 'gu'),
    days: ([y, , m, d]) => [day(y, m, d)],
  },
  {
    form: new RegExp(
      String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th)?${gap}(?:of )?(${name})(?:/${name})?${gap}(${year}|\d\d)(?!\d)`,
      'giu',
    ),
    days: ([d, month, y]) => [day(y, monthNumber(month), d)],
  },
  {
    form: new RegExp(String.raw`(?<!\p{L})(${name})${gap}(\d{1,2})(?:st|nd|rd|th)?,? +(${year})(?!\d)`, 'giu'),
    days: ([month, d, y]) => [day(y, monthNumber(month), d)],
  },
  {
    form: new RegExp(String.raw`(?<![\d/.-])(\d{1,2})( ?[-/. ] ?)(\d{1,2})\2(${year}|\d\d)(?!\d|[-/.]\d)`, 'gu'),
    // With dots the day comes first wherever dots are used.
    days: ([one, mark = '', other, y]) => {
      // Three short numbers in a row are no date.
      if (mark.trim() === '' && y?.length === 2) return [];
      return [day(y, other, one), mark.includes('.') ? undefined : day(y, one, other)];
    },
  },
  {
    form: new RegExp(String.raw`(?<!\p{L})(${name})${gap}(${year})(?!\d)`, 'giu'),
    days: ([month, y]) => [lastDay(y, monthNumber(month))],
  },
  {
    form: new RegExp(String.raw`(?<![\d/.-])(\d{1,2}) ?[/-] ?(${year}|\d\d)(?![\d/.-])`, 'gu'),
    days: ([month, y]) => [lastDay(y, month)],
  },
];

/**
 * The dates in a text, in their order, none twice. A year of two digits is of this century; a month without a day is its
 * last. What no calendar has is left out.
 */
export function findDates(text: string): PrintedDate[] {
  const found: PrintedDate[] = [];
  for (const { form, days } of patterns) {
    for (const match of text.normalize('NFC').matchAll(form)) {
      const end = match.index + match[0].length;
      const isTaken = found.some(({ index, text: other }) => index < end && match.index < index + other.length);
      const possible = new Set(days(match.slice(1)).filter(value => value !== undefined));
      if (!isTaken) found.push({ text: match[0], index: match.index, days: [...possible] });
    }
  }
  // One that no calendar has was kept until here, lest a part of it pass for another.
  return found.filter(({ days }) => days.length > 0).sort((a, b) => a.index - b.index);
}

function monthNumber(word: string | undefined): string | undefined {
  const month = months.findIndex(names => names.includes(word?.toUpperCase() ?? ''));
  return month < 0 ? undefined : String(month + 1);
}

function day(y: string | undefined, m: string | undefined, d: string | undefined): string | undefined {
  if (y === undefined || m === undefined || d === undefined) return undefined;
  const date = `${y.length === 2 ? `20${y}` : y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) ? date : undefined;
}

function lastDay(y: string | undefined, m: string | undefined): string | undefined {
  for (const d of ['31', '30', '29', '28']) {
    const date = day(y, m, d);
    if (date !== undefined) return date;
  }
  return undefined;
}
