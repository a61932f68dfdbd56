import { z } from 'zod';
import type { VerificationEvent } from '../../db/workforce/verification-events.ts';
import type { VerificationReview, VerificationRow } from '../../db/workforce/verifications.ts';
import { verificationCheck, verificationTypes } from '../../shared/verification-check.ts';
import { verificationStatuses } from '../../shared/verification-state.ts';

const statusSchema = z.enum(verificationStatuses);

export const reviewSchema = z.strictObject({
  decision: z.enum(['APPROVED', 'REJECTED']),
  note: z.string().nullable(),
  reasonCode: z.string().nullable(),
  reviewedBy: z.uuid(),
  reviewedAt: z.iso.datetime(),
});

export const verificationSchema = z.strictObject({
  verificationId: z.uuid(),
  status: statusSchema,
  type: z.enum(verificationTypes),
  checks: z.array(verificationCheck),
  review: reviewSchema.nullable(),
  subjectType: z.string(),
  subjectId: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  history: z
    .array(
      z.strictObject({
        from: statusSchema.nullable(),
        to: statusSchema,
        by: z.string().describe('`worker`, or `user/` or `operator/` and an id'),
        reason: z.string().nullable(),
        details: z.record(z.string(), z.unknown()).nullable(),
        at: z.iso.datetime(),
      }),
    )
    .optional()
    .describe('Every change, the first one first; for reviewers and admins'),
});

/** `history` null: not for this reader. */
export function viewVerification(
  row: VerificationRow,
  history: readonly VerificationEvent[] | null,
): z.output<typeof verificationSchema> {
  const { id: verificationId, status, type, checks, review, subjectType, subjectId } = row;
  return {
    verificationId,
    status,
    type,
    checks,
    // Nothing changes after a decision.
    review: review && viewReview(review, row.updatedAt),
    subjectType,
    subjectId,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    ...(history && { history: history.map(viewEvent) }),
  };
}

export function viewReview(review: VerificationReview, reviewedAt: Date): z.output<typeof reviewSchema> {
  return { ...review, reviewedAt: reviewedAt.toISOString() };
}

function viewEvent({ fromStatus: from, toStatus: to, actor: by, reason, details, at }: VerificationEvent) {
  return { from, to, by, reason, details, at: at.toISOString() };
}
