import { type DocumentRules, documentRules, type VerificationCheck } from '../../shared/verification-check.ts';
import { checkCertificateType, checkIssuer } from './certificate-checks.ts';
import { checkBirthDate, checkExpiry } from './date-checks.ts';
import { checkDocumentNumber } from './document-number-check.ts';
import { bareNumber, doubt, type Examination, type ExamineRequest, pass, sourceOf } from './examination.ts';
import { checkHolderName } from './holder-name-check.ts';
import { checkMrz } from './mrz-check.ts';
import { judgeZone } from './mrz-finding.ts';
import { lineText, type Reading } from './reading.ts';
import { looksLikeZone } from './zone-lines.ts';

/** Less text than this, or less sure, is no reading. */
const minLetters = 20;
const minConfidence = 0.5;

/** Every check of a read document, by its type. */
export function checkDocument(request: ExamineRequest, reading: Reading): VerificationCheck[] {
  const { rules, check } = readRules(request.rules);
  const printed = bareNumber(
    reading.lines
      .map(lineText)
      .filter(text => !looksLikeZone(text))
      .join(''),
  );
  const findings = reading.zones.map(zone => judgeZone(zone, printed)).filter(finding => finding !== undefined);
  const mrz = findings.find(({ status }) => status === 'proven') ?? findings[0];
  const examination: Examination = { request, rules, reading, mrz };
  const { dateOfBirth } = request.holder;
  const own =
    request.type === 'certification'
      ? [checkCertificateType(examination), checkIssuer(examination)]
      : [checkMrz(examination), ...(dateOfBirth === undefined ? [] : [checkBirthDate(examination, dateOfBirth)])];
  return [
    checkReadable(examination),
    ...check,
    checkHolderName(examination),
    checkExpiry(examination),
    checkDocumentNumber(examination),
    ...own,
  ];
}

function checkReadable({ request, reading, rules }: Examination): VerificationCheck {
  const { lines, confidence, pageCount } = reading;
  const letters = lines.reduce((sum, line) => sum + (lineText(line).match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0);
  const evidence = { found: `${letters} characters, pages: ${pageCount}`, source: sourceOf(lines) };
  if (letters < minLetters || confidence < minConfidence)
    return doubt('readable', 'unreadable', { evidence, message: 'Hardly any text could be read.' });
  if (rules.maxPages !== undefined && pageCount > rules.maxPages)
    return doubt('readable', 'too_many_pages', { evidence, message: 'The document has more pages than allowed.' });
  // Anybody can type an identity document; a picture of one at least takes some trouble.
  if (request.type === 'government_id' && evidence.source === 'text')
    return doubt('readable', 'not_a_picture', { evidence, message: 'This is text, not a picture of a document.' });
  // Each check answers for the words that it rests on.
  return pass('readable', { evidence, message: 'The text was read.' });
}

/** A demand that we don't understand must not go unmet unnoticed. */
function readRules(given: Record<string, unknown>): { rules: DocumentRules; check: VerificationCheck[] } {
  const rules: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const part = documentRules.safeParse({ [name]: value });
    if (part.success) Object.assign(rules, part.data);
    else unknown.push(name);
  }
  if (unknown.length === 0) return { rules, check: [] };
  const evidence = { expected: unknown.join(', '), source: 'bytes' as const };
  return { rules, check: [doubt('rules', 'unknown_rule', { evidence, message: 'No check knows these rules.' })] };
}
