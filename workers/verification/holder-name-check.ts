import type { VerificationCheck } from '../../shared/verification-check.ts';
import { doubt, type Examination, expectedConfidence, fail, pass, provenConfidence, sourceOf } from './examination.ts';
import { labels } from './field-labels.ts';
import { type LabelledValue, placesOf } from './labelled-value.ts';
import { compareNames, type NameMatch, nameParts } from './person-name.ts';
import type { Line } from './reading.ts';

interface Candidate {
  text: string;
  confidence: number;
  page: number;
  source: 'text' | 'ocr' | 'mrz';
  match: NameMatch;
}

/** A name that stands on a line of its own without a label. */
const unlabelledConfidence = 0.85;
/** Words that stand behind a label and are no person's name. */
const noName = new Set(
  [
    'A AN AND AS AT BY CARD DATE DOCUMENT FOR FROM HAS HOLDER ID IN IS MUST NAME NO NOT NUMBER OF ON OR OTHER THE THIS TO WITH',
    'ACADEMY BOARD COLLEGE COMPANY COUNCIL COURSE GMBH INC INSTITUTE LLC LTD SCHOOL SERVICES TRAINING UNIVERSITY',
  ].flatMap(words => words.split(' ')),
);

/**
 * The holder's name against every name that the document gives its holder: behind a label, in its machine-readable zone, or
 * on a line of its own. Fails only if a whole name is there with nothing in common, and the holder's nowhere.
 */
export function checkHolderName(examination: Examination): VerificationCheck {
  const { request, reading } = examination;
  const holder = request.holder.fullName;
  const named = candidates(examination);
  const alone = loneName(reading.lines, holder);
  const others = named.filter(({ match, text }) => match !== 'same' && isWholeName(text));
  const [same] = [...named, ...(alone ? [alone] : [])]
    .filter(({ match }) => match === 'same')
    .toSorted((a, b) => b.confidence - a.confidence);
  const best = same ?? others[0];
  const evidence = {
    ...(best ? { found: best.text, page: best.page } : {}),
    expected: holder,
    source: best?.source ?? sourceOf(reading.lines),
  };
  const confidence = best?.confidence ?? 0;
  if (same && others.length === 0) {
    const message = 'The document is in the holder’s name.';
    return pass('holder_name', { evidence, confidence: expectedConfidence(confidence), message });
  }
  if (best && others.every(({ match }) => match === 'other') && !same) {
    const message = 'The document is in another person’s name.';
    return fail('holder_name', 'other_holder', { evidence, confidence, message });
  }
  if (!best) return doubt('holder_name', 'name_not_found', { evidence, message: 'The holder’s name was not found.' });
  const message = same ? 'The document names another person too.' : 'The name is similar to the holder’s.';
  return doubt('holder_name', 'name_unclear', { evidence, message });
}

function candidates({ request, reading, mrz }: Examination): Candidate[] {
  const { lines } = reading;
  const values = (label: RegExp, atStart: boolean): LabelledValue[] =>
    placesOf(lines, label, { atStart }).flatMap(place => place.values.map(namePart).filter(isNamed).slice(0, 1));
  const whole = [...values(labels.fullName, true), ...values(labels.awardedTo, false)];
  const given = values(labels.givenNames, true);
  const parts = values(labels.surname, true).map((surname, i) => {
    const first = given[i];
    const confidence = Math.min(surname.confidence, first?.confidence ?? 1);
    return { ...surname, text: first ? `${first.text} ${surname.text}` : surname.text, confidence };
  });
  const zone = mrz && {
    text: `${mrz.fields.givenNames} ${mrz.fields.surname}`.trim(),
    // The names of a zone have no check digit; they are believed as far as the rest of it.
    confidence: mrz.status === 'proven' ? provenConfidence : 0.5,
    page: mrz.page,
    source: 'mrz' as const,
  };
  const all = [...whole, ...parts, ...(zone ? [zone] : [])];
  return all.map(value => ({ ...value, match: compareNames(value.text, request.holder.fullName) }));
}

/** The words at the beginning that are written as names are: the sentence may go on. */
function namePart(value: LabelledValue): LabelledValue {
  const written = /^(?:(?:\p{Lu}[\p{L}\p{M}'’.|0-9-]*|de|da|del|della|di|dos|van|von|der|den|la|le|bin|al)\s*,?\s*)+/u;
  const name = written.exec(value.text)?.[0];
  return { ...value, text: (name ?? value.text).trim() };
}

function isNamed({ text }: LabelledValue): boolean {
  return nameParts(text).length > 0;
}

/** Whether it can only be the name of a person, read well enough to tell whose. */
function isWholeName(text: string): boolean {
  const parts = nameParts(text).map(([spelling = '']) => spelling);
  const long = parts.filter(part => /^\p{L}{2,}$/u.test(part));
  return long.length >= 2 && parts.length <= 6 && !parts.some(part => noName.has(part));
}

/** The holder's name on a line, or on two under each other, that say hardly anything else. */
function loneName(lines: readonly Line[], holder: string): Candidate | undefined {
  const most = nameParts(holder).length + 1;
  const longest = 2 * holder.length + 20;
  for (const [i, { page, source, cells }] of lines.entries()) {
    for (const cell of cells) {
      const under = lines[i + 1]?.cells.find(other => other.left < cell.right && cell.left < other.right);
      for (const words of [[cell], under ? [cell, under] : [cell]]) {
        const text = words.map(word => word.text).join(' ');
        if (text.length > longest || nameParts(text).length > most || compareNames(text, holder) !== 'same') continue;
        const confidence = Math.min(unlabelledConfidence, ...words.map(word => word.confidence));
        return { text, confidence, page, source, match: 'same' };
      }
    }
  }
  return undefined;
}
