import type { DocumentRules, VerificationCheck, VerificationType } from '../../shared/verification-check.ts';
import type { MrzFinding } from './mrz-finding.ts';
import type { Line, Reading } from './reading.ts';

/** What is to be verified, by whom it is held and what is demanded of it. */
export interface ExamineRequest {
  type: VerificationType;
  holder: {
    fullName: string;
    /** yyyy-mm-dd. */
    dateOfBirth?: string | undefined;
  };
  /** `documentRules` of documents; of attire whatever the vision model is to look for. */
  rules: Record<string, unknown>;
  /** `documentType: 'passport'` asks for a machine-readable zone, as the word on the document does. */
  metadata: Record<string, unknown>;
  now: Date;
}

/** A read document, as the checks see it. */
export interface Examination {
  request: ExamineRequest;
  rules: DocumentRules;
  reading: Reading;
  mrz: MrzFinding | undefined;
}

export type CheckName = VerificationCheck['name'];

/** How sure a text is that is the expected one, or of an expected form: hardly ever is that a misreading's doing. */
export function expectedConfidence(confidence: number): number {
  return 0.6 + 0.4 * confidence;
}

type Detail = Pick<VerificationCheck, 'evidence' | 'message'> & { confidence?: number };

/** Of a document whose every check digit holds; and of what all readings of a zone agree on. */
export const provenConfidence = 0.95;

export function pass(name: CheckName, detail: Detail): VerificationCheck {
  return { name, outcome: 'pass', confidence: 1, ...clipped(detail) };
}

export function fail(name: CheckName, reason: string, detail: Detail): VerificationCheck {
  return { name, outcome: 'fail', confidence: 1, reason, ...clipped(detail) };
}

export function doubt(name: CheckName, reason: string, detail: Detail): VerificationCheck {
  return { name, outcome: 'doubt', confidence: 0.5, reason, ...clipped(detail) };
}

export function skipped(name: CheckName, message: string): VerificationCheck {
  return { name, outcome: 'skipped', confidence: 1, evidence: { source: 'bytes' }, message };
}

/** Texts come from files, however long and with whatever in them. */
function clipped(detail: Detail): Detail {
  const { found, expected, ...rest } = detail.evidence;
  const evidence = {
    ...rest,
    // A line may hold a number that nobody asked for.
    ...(found === undefined ? {} : { found: clip(found.replace(/\d(?=[\d-]*\d{4})/g, '•')) }),
    ...(expected === undefined ? {} : { expected: clip(expected) }),
  };
  return { ...detail, evidence };
}

function clip(text: string): string {
  return text.replaceAll('\u0000', '').slice(0, 200).toWellFormed();
}

/** A number of a document, but for its last four characters. */
export function maskNumber(number: string): string {
  const bare = bareNumber(number);
  return bare.slice(-4).padStart(bare.length, '•');
}

/** Letters and digits alone, upper case. */
export function bareNumber(number: string): string {
  return number.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Where a document's text comes from: its text layer, if any of it does. */
export function sourceOf(lines: readonly Line[]): 'text' | 'ocr' {
  return lines.some(line => line.source === 'text') ? 'text' : 'ocr';
}
