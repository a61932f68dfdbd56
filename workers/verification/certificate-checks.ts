import type { VerificationCheck } from '../../shared/verification-check.ts';
import { doubt, type Examination, expectedConfidence, pass, skipped, sourceOf } from './examination.ts';
import { nameParts } from './person-name.ts';
import { lineText } from './reading.ts';

const certificateWords =
  /\b(?:certificat(?:e|ion)|certif(?:y|ies|ied)|licen[cs]ed?|permit|diploma|accredit(?:ed|ation)|qualif(?:ied|ication))\b/i;

/** Its kind, where the rules demand one; else whether it is a certificate at all. */
export function checkCertificateType(examination: Examination): VerificationCheck {
  const { rules, reading } = examination;
  if (rules.certificateType !== undefined)
    return checkPhrase(examination, 'certificate_type', rules.certificateType.replaceAll('_', ' '));
  const line = reading.lines.find(candidate => certificateWords.test(lineText(candidate)));
  const evidence = { source: sourceOf(reading.lines) };
  if (!line)
    return doubt('certificate_type', 'no_certificate', { evidence, message: 'It does not look like a certificate.' });
  const { page, source } = line;
  return pass('certificate_type', {
    evidence: { found: certificateWords.exec(lineText(line))?.[0] ?? '', source, page },
    confidence: 0.85,
    message: 'It calls itself a certificate; no kind was asked for.',
  });
}

export function checkIssuer(examination: Examination): VerificationCheck {
  const { issuer } = examination.rules;
  return issuer === undefined
    ? skipped('issuer', 'No issuer was asked for.')
    : checkPhrase(examination, 'issuer', issuer);
}

/** Whether all words of a phrase stand on a line, or on two under each other, in any order. */
function checkPhrase(
  { reading }: Examination,
  name: 'certificate_type' | 'issuer',
  expected: string,
): VerificationCheck {
  const wanted = phraseWords(expected);
  const lines = reading.lines.map(line => ({ line, words: phraseWords(lineText(line)) }));
  const pairs = lines.slice(1).map((second, i) => [lines[i] as (typeof lines)[number], second]);
  for (const near of [...lines.map(line => [line]), ...pairs]) {
    const [first] = near;
    const isThere = (word: string) => near.some(({ words }) => words.includes(word));
    if (!first || wanted.length === 0 || !wanted.every(isThere)) continue;
    const confidence = Math.min(...near.flatMap(({ line }) => line.cells.map(cell => cell.confidence)));
    const found = near.map(({ line }) => lineText(line)).join(' ');
    const evidence = { found, expected, source: first.line.source, page: first.line.page };
    return pass(name, { evidence, confidence: expectedConfidence(confidence), message: 'The document says so.' });
  }
  const evidence = { expected, source: sourceOf(reading.lines) };
  return doubt(name, `${name}_not_found`, { evidence, message: 'The document does not say so, or not readably.' });
}

/** Words without case and marks, the plural as the singular, the little ones left out. */
function phraseWords(text: string): string[] {
  return nameParts(text.replace(/\d+/g, number => ` N${number} `))
    .map(([word = '']) => word.replace(/(?<=\p{L}{3})S$/u, ''))
    .filter(word => !['OF', 'THE', 'AND', 'IN', 'FOR', 'A', 'AN', 'DE', 'ON'].includes(word));
}
