import { z } from 'zod';

export const verificationTypes = ['attire', 'government_id', 'certification'] as const;
export type VerificationType = (typeof verificationTypes)[number];

/** What was looked at. `rules`: a demand that no check knows. */
export const verificationCheckNames = [
  'file_type',
  'readable',
  'holder_name',
  'date_of_birth',
  'expiry',
  'document_number',
  'mrz',
  'certificate_type',
  'issuer',
  'attire',
  'rules',
] as const;

/** What a check rests on. Numbers of documents are masked but for their last four characters. */
const evidence = z.strictObject({
  /** In the file. */
  found: z.string().max(300).optional(),
  /** In the profile or the rules. */
  expected: z.string().max(300).optional(),
  /** Where it was found: its bytes, a PDF's text layer, what OCR read, a machine-readable zone, or a vision model's word. */
  source: z.enum(['bytes', 'text', 'ocr', 'mrz', 'model']),
  /** From 1. */
  page: z.int().min(1).optional(),
});

export const verificationCheck = z.strictObject({
  name: z.enum(verificationCheckNames),
  outcome: z.enum(['pass', 'fail', 'doubt', 'skipped']),
  /** From 0 to 1: how sure the outcome is. Below `certain` nothing passes or fails. */
  confidence: z.number().min(0).max(1),
  evidence,
  /** Why it didn't pass, for programs: `expired`, `other_holder`, `wrong_check_digit`, `encrypted_pdf`, … */
  reason: z.string().max(60).optional(),
  /** The same for people. */
  message: z.string().max(500),
});

export type VerificationCheck = z.output<typeof verificationCheck>;
export type VerificationEvidence = z.output<typeof evidence>;

/** What looking at a file came to. `ERROR`: our machinery broke over it; trying again may help. */
export const verificationVerdict = z.strictObject({
  status: z.enum(['AUTO_PASS', 'AUTO_FAIL', 'NEEDS_REVIEW', 'ERROR']),
  checks: z.array(verificationCheck).max(20),
  /** Of the check that decided; there is none when all passed. */
  reason: z.string().max(60).optional(),
});

export type VerificationVerdict = z.output<typeof verificationVerdict>;

/** What may be demanded of documents. An attire's rules are its own: they are put to the vision model as they are. */
export const documentRules = z.strictObject({
  certificateType: z.string().trim().min(2).max(100).optional(),
  issuer: z.string().trim().min(2).max(200).optional(),
  /** Valid for at least so many days from now. */
  minDaysValid: z.int().min(0).max(36_500).optional(),
  documentNumber: z.string().trim().min(3).max(50).optional(),
  maxPages: z.int().min(1).max(100).optional(),
});

export type DocumentRules = z.output<typeof documentRules>;

/** Below this confidence a check neither passes nor fails. */
export const certain = 0.8;

/**
 * The status that checks come to. One that fails decides; without one, any doubt asks for a person; only checks that all
 * passed, or did not apply, pass. No check at all, or none that passed, is a doubt.
 */
export function verdictOf(checks: readonly VerificationCheck[]): VerificationVerdict {
  const settled = checks.map(settle);
  const failed = settled.find(check => check.outcome === 'fail');
  const doubted = settled.find(check => check.outcome === 'doubt');
  const decisive = failed ?? doubted;
  const passed = !decisive && settled.some(check => check.outcome === 'pass');
  const status = failed ? 'AUTO_FAIL' : passed ? 'AUTO_PASS' : 'NEEDS_REVIEW';
  return { status, checks: settled, ...(decisive ? { reason: decisive.reason ?? `${decisive.name}_unclear` } : {}) };
}

function settle(check: VerificationCheck): VerificationCheck {
  const decides = check.outcome === 'pass' || check.outcome === 'fail';
  if (!decides || check.confidence >= certain) return check;
  return { ...check, outcome: 'doubt', reason: 'low_confidence' };
}
