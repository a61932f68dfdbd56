import type { VerificationCheck } from '../../shared/verification-check.ts';
import { doubt, type Examination, fail, pass, provenConfidence, skipped, sourceOf } from './examination.ts';
import { lineText } from './reading.ts';

const words = {
  documentNumber: 'the document number',
  birthDate: 'the date of birth',
  expiryDate: 'the date of expiry',
  personalNumber: 'the personal number',
  composite: 'the whole zone',
};

/** The check digits of the machine-readable zone. A passport must have one; other documents may. */
export function checkMrz({ request, reading, mrz }: Examination): VerificationCheck {
  if (!mrz) {
    const isPassport =
      String(request.metadata['documentType']).toLowerCase() === 'passport' ||
      reading.lines.some(line => /\bpass(?:port|eport|aporte)\b/i.test(lineText(line)));
    if (!isPassport && reading.zones.length === 0) return skipped('mrz', 'The document has no machine-readable zone.');
    const evidence = { source: sourceOf(reading.lines) };
    return doubt('mrz', 'mrz_not_read', { evidence, message: 'The machine-readable zone could not be read.' });
  }
  const { format, page, wrong, status, fields } = mrz;
  const evidence = { found: `${format}, issued by ${fields.issuingState}`, source: 'mrz' as const, page };
  if (status === 'proven')
    return pass('mrz', { evidence, confidence: provenConfidence, message: 'Every check digit of the zone holds.' });
  const message = `The check digits don’t hold of ${wrong.map(field => words[field]).join(', ')}.`;
  if (status === 'wrong') return fail('mrz', 'wrong_check_digit', { evidence, confidence: provenConfidence, message });
  return doubt('mrz', 'mrz_unclear', { evidence, message: `${message} They may have been misread.` });
}
