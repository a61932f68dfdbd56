import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export interface NewStaffReview {
  tenantId: string;
  /** Where the assignment must be; null for somebody who acts for the whole tenant. */
  businessId: string | null;
  assignmentId: string;
  /** One to five. */
  rating: number;
  comment: string;
  createdBy: string;
}

export interface StaffReviewRow {
  id: string;
  assignmentId: string;
  staffId: string;
  rating: number;
  comment: string;
  createdAt: Date;
}

/** What a worker was given, and how often. */
export interface StaffReviewSummary {
  staffId: string;
  reviewCount: number;
  averageRating: number | null;
  ones: number;
  twos: number;
  threes: number;
  fours: number;
  fives: number;
}

const findAssignmentSql = sql('workforce/staff-reviews/find-assignment', { replan: true });
const insertSql = sql('workforce/staff-reviews/insert');
const summarizeSql = sql('workforce/staff-reviews/summarize', { replan: true });

const worked: readonly AssignmentStatus[] = ['CHECKED_OUT', 'COMPLETED'];

/**
 * Reviews a worker's part in a shift, once. Throws `Fault`: `not_found`; `conflict` with `ASSIGNMENT_NOT_WORKED`,
 * `ALREADY_REVIEWED`.
 */
export async function reviewStaff(tx: Transaction, review: NewStaffReview): Promise<StaffReviewRow> {
  const { tenantId, businessId, assignmentId } = review;
  const assignment = await tx.oneOrNone<{ status: AssignmentStatus; staffId: string; businessId: string }>(
    findAssignmentSql({ tenantId, businessId, assignmentId }),
  );
  if (!assignment) throw new Fault('not_found', 'There is no such assignment.', { reason: 'ASSIGNMENT_NOT_FOUND' });
  const { status, ...whose } = assignment;
  if (!worked.includes(status))
    throw new Fault('conflict', 'Only work that is done can be reviewed.', {
      reason: 'ASSIGNMENT_NOT_WORKED',
      details: { status },
    });
  const row = await tx.oneOrNone<StaffReviewRow>(insertSql({ ...review, ...whose, id: uuidV7() }));
  if (!row) throw new Fault('conflict', 'This assignment has been reviewed.', { reason: 'ALREADY_REVIEWED' });
  return row;
}

/** By one business, or, with null, by all of the tenant's. Null if there is no such worker. */
export function summarizeStaffReviews(
  db: Connection,
  wanted: { tenantId: string; businessId: string | null; staffId: string },
): Promise<StaffReviewSummary | null> {
  return db.oneOrNone<StaffReviewSummary>(summarizeSql({ ...wanted }));
}
