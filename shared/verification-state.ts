/**
 * The life of a verification.
 *
 *   PENDING ──▶ PROCESSING ──▶ AUTO_PASS
 *      ▲            │ ├──────▶ AUTO_FAIL ─────┐
 *      │            │ ├──────▶ NEEDS_REVIEW   │
 *      │            │ └──────▶ ERROR ─────────┤
 *      │            ▼ (its job was put back)  │ (retry)
 *      └──────── PENDING ◀────────────────────┘
 *   A person ends AUTO_PASS, AUTO_FAIL, NEEDS_REVIEW and ERROR as APPROVED or REJECTED.
 */
export const verificationStatuses = [
  'PENDING',
  'PROCESSING',
  'AUTO_PASS',
  'AUTO_FAIL',
  'NEEDS_REVIEW',
  'ERROR',
  'APPROVED',
  'REJECTED',
] as const;
export type VerificationStatus = (typeof verificationStatuses)[number];

export const verificationMoves: Record<VerificationStatus, readonly VerificationStatus[]> = {
  PENDING: ['PROCESSING', 'ERROR'],
  PROCESSING: ['AUTO_PASS', 'AUTO_FAIL', 'NEEDS_REVIEW', 'ERROR', 'PENDING'],
  AUTO_PASS: ['APPROVED', 'REJECTED'],
  AUTO_FAIL: ['APPROVED', 'REJECTED', 'PENDING'],
  NEEDS_REVIEW: ['APPROVED', 'REJECTED'],
  ERROR: ['APPROVED', 'REJECTED', 'PENDING'],
  APPROVED: [],
  REJECTED: [],
};

/** The statuses that may become `to`: the guard of the update that makes the move. */
export function verificationStatusesBefore(to: VerificationStatus): VerificationStatus[] {
  return verificationStatuses.filter(from => verificationMoves[from].includes(to));
}
