import { mrzDate } from '../../shared/mrz.ts';
import type { VerificationCheck } from '../../shared/verification-check.ts';
import { doubt, type Examination, fail, pass, provenConfidence, sourceOf } from './examination.ts';
import { labels } from './field-labels.ts';
import { placesOf } from './labelled-value.ts';
import { findDates } from './printed-date.ts';
import type { Line } from './reading.ts';

interface FoundDate {
  /** yyyy-mm-dd: two, when day and month may be either, more, when it isn't clear which date the label means. */
  days: string[];
  text: string;
  confidence: number;
  page: number;
  source: 'text' | 'ocr' | 'mrz';
}

const dayMs = 86_400_000;

/**
 * Every date of expiry that the document gives. All past: it has expired. All clear, and none earlier than the rules demand:
 * it passes. The day of expiry is the last one that counts, by UTC.
 */
export function checkExpiry(examination: Examination): VerificationCheck {
  const { request, rules, reading } = examination;
  const today = request.now.toISOString().slice(0, 10);
  const least = new Date(request.now.getTime() + (rules.minDaysValid ?? 0) * dayMs).toISOString().slice(0, 10);
  const expected = `${least} or later`;
  const found = datesOf(examination, 'expiry');
  const [first] = found;
  if (!first) {
    const evidence = { expected, source: sourceOf(reading.lines) };
    return doubt('expiry', 'expiry_not_found', { evidence, message: 'No date of expiry was found.' });
  }
  const days = found.flatMap(date => clearDays(date, found));
  const isAmbiguous = found.some(date => clearDays(date, found).length > 1);
  const confidence = Math.min(...found.map(date => date.confidence));
  const { page, source } = first;
  const evidence = { found: [...new Set(days)].sort().join(' or '), expected, source, page };
  if (days.every(day => day < today))
    return fail('expiry', 'expired', { evidence, confidence, message: 'The document has expired.' });
  if (isAmbiguous)
    return doubt('expiry', 'ambiguous_date', { evidence, message: 'The date of expiry can be read in two ways.' });
  const isShort = days.every(day => day < least);
  if (days.some(day => day < least) !== isShort || zoneContradicts(found))
    return doubt('expiry', 'conflicting_dates', { evidence, message: 'The document gives different dates of expiry.' });
  if (isShort)
    return fail('expiry', 'expires_too_soon', { evidence, confidence, message: 'The document expires too soon.' });
  return pass('expiry', { evidence, confidence, message: 'The document is valid for long enough.' });
}

/** What another date of the document says clearly, this one says too, if it can be read so. */
function clearDays({ days }: FoundDate, all: readonly FoundDate[]): string[] {
  const clear = all.find(other => other.days.length === 1 && days.includes(other.days[0] as string));
  return clear?.days ?? days;
}

/** Whether what is printed is never what the machine-readable zone says. */
function zoneContradicts(found: readonly FoundDate[]): boolean {
  const zone = found.find(({ source }) => source === 'mrz');
  const printed = found.filter(({ source }) => source !== 'mrz');
  return zone !== undefined && printed.length > 0 && !printed.some(({ days }) => days.includes(zone.days[0] as string));
}

/** The date of birth, without showing it: it is no one's business but to compare it. */
export function checkBirthDate(examination: Examination, expected: string): VerificationCheck {
  const found = datesOf(examination, 'birth');
  const right = found.find(({ days }) => days.includes(expected));
  const proven = found.find(({ source, confidence }) => source === 'mrz' && confidence >= provenConfidence);
  const source = (right ?? proven)?.source ?? sourceOf(examination.reading.lines);
  const detail = (message: string, confidence = 1) => ({ evidence: { source }, confidence, message });
  if (proven && !proven.days.includes(expected))
    return fail(
      'date_of_birth',
      'other_date_of_birth',
      detail('The zone gives another date of birth.', proven.confidence),
    );
  if (right) return pass('date_of_birth', detail('The date of birth is the holder’s.', right.confidence));
  const message = found.length > 0 ? 'The date of birth may be another.' : 'No date of birth was found.';
  return doubt('date_of_birth', found.length > 0 ? 'other_date_of_birth' : 'date_of_birth_not_found', {
    evidence: { source },
    message,
  });
}

function datesOf({ reading, mrz, request }: Examination, field: 'expiry' | 'birth'): FoundDate[] {
  const dates = printedDates(reading.lines, field).map(date => (field === 'birth' ? withPast(date) : date));
  if (!mrz) return dates;
  const text = field === 'expiry' ? mrz.fields.expiryDate : mrz.fields.birthDate;
  const day = mrzDate(text, field, request.now);
  const confidence = mrz.status === 'unsure' ? 0.5 : provenConfidence;
  return day === undefined ? dates : [...dates, { days: [day], text, confidence, page: mrz.page, source: 'mrz' }];
}

function printedDates(lines: readonly Line[], field: 'expiry' | 'birth'): FoundDate[] {
  return placesOf(lines, labels[field]).flatMap(({ cell, label, values }) => {
    for (const { text, confidence, page, source } of values) {
      const found = findDates(text);
      const [first] = found;
      if (!first) continue;
      // Under a heading of several labels stand as many dates, in their order.
      const headings = [...cell.matchAll(labels.dates)];
      const own =
        found.length === headings.length ? found[headings.findIndex(({ index }) => index === label)] : undefined;
      const days = found.length === 1 ? first.days : (own?.days ?? found.flatMap(date => date.days));
      return [{ days, text, confidence, page, source }];
    }
    return [];
  });
}

/** Printed with two digits, a year of birth is of either century. */
function withPast(date: FoundDate): FoundDate {
  return { ...date, days: date.days.flatMap(day => [day, `19${day.slice(2)}`]) };
}
