import type { VerificationCheck } from '../../shared/verification-check.ts';
import {
  bareNumber,
  doubt,
  type Examination,
  expectedConfidence,
  fail,
  maskNumber,
  pass,
  provenConfidence,
  skipped,
  sourceOf,
} from './examination.ts';
import { labels } from './field-labels.ts';
import { placesOf } from './labelled-value.ts';
import { editDistance } from './person-name.ts';

interface FoundNumber {
  number: string;
  confidence: number;
  page: number;
  source: 'text' | 'ocr' | 'mrz';
}

/** So many characters may be misread before a number counts as another. */
const maxMisread = 2;
const lookalike: Record<string, string> = { O: '0', Q: '0', I: '1', L: '1', Z: '2', S: '5', B: '8' };

/** The number that the rules demand; else, of an identity document, that there is one. */
export function checkDocumentNumber(examination: Examination): VerificationCheck {
  const { request, rules, reading } = examination;
  const numbers = numbersOf(examination);
  const [first] = numbers.toSorted((a, b) => b.confidence - a.confidence);
  if (rules.documentNumber === undefined) {
    if (first) return pass('document_number', { ...agreed(first), message: 'The document has a number.' });
    if (request.type === 'certification')
      return skipped('document_number', 'No number was asked for, and none was found.');
    const evidence = { source: sourceOf(reading.lines) };
    return doubt('document_number', 'number_not_found', { evidence, message: 'No document number was found.' });
  }
  const expected = bareNumber(rules.documentNumber);
  const right = [...numbers, ...looseNumbers(examination)].find(({ number }) => folded(number) === folded(expected));
  if (right) return pass('document_number', { ...agreed(right, expected), message: 'The number is the expected one.' });
  const evidence = {
    ...(first ? shown(first).evidence : { source: sourceOf(reading.lines) }),
    expected: maskNumber(expected),
  };
  const isOther = numbers.length > 0 && numbers.every(({ number }) => editDistance(number, expected) > maxMisread);
  if (isOther && first)
    return fail('document_number', 'other_document_number', {
      ...shown(first, expected),
      message: 'The document has another number.',
    });
  const message = first ? 'The number is similar to the expected one.' : 'The expected number was not found.';
  return doubt('document_number', first ? 'number_unclear' : 'number_not_found', { evidence, message });
}

function shown({ number, confidence, page, source }: FoundNumber, expected?: string) {
  const found = { found: maskNumber(number), page, source };
  return { evidence: expected === undefined ? found : { ...found, expected: maskNumber(expected) }, confidence };
}

function agreed(number: FoundNumber, expected?: string) {
  const { evidence, confidence } = shown(number, expected);
  return { evidence, confidence: expectedConfidence(confidence) };
}

function numbersOf({ reading, mrz }: Examination): FoundNumber[] {
  const printed = placesOf(reading.lines, labels.documentNumber).flatMap(({ values }) =>
    values
      .map(({ text, ...place }) => ({ ...place, number: bareNumber(numberIn(text)) }))
      .filter(({ number }) => number !== '')
      .slice(0, 1),
  );
  if (!mrz) return printed;
  const confidence = mrz.status === 'proven' ? provenConfidence : 0.5;
  return [...printed, { number: bareNumber(mrz.fields.documentNumber), confidence, page: mrz.page, source: 'mrz' }];
}

/** The first words of a text: one with digits and no lower case, and groups of digits behind it (`FH-2024 118832`, `AB 10 2058`). */
function numberIn(text: string): string {
  const written = /^[^\p{L}\p{N}]*((?:(?=\S*\d)[\p{Lu}\d/.-]{3,20}|\p{Lu}{1,4}(?= \d))(?: [\d/.-]{2,12}){0,4})/u;
  return written.exec(text)?.[1] ?? '';
}

/** Every cell as if it were a number, and its words: a demanded number counts wherever it stands. */
function looseNumbers({ reading }: Examination): FoundNumber[] {
  return reading.lines.flatMap(({ page, source, cells }) =>
    cells.flatMap(({ text, confidence }) =>
      [text, ...text.split(/[\s:]+/)].map(word => ({ number: bareNumber(word), confidence, page, source })),
    ),
  );
}

function folded(number: string): string {
  return number.replace(/[OQILZSB]/g, char => lookalike[char] ?? char);
}
