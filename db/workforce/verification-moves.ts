import type { VerificationCheck, VerificationVerdict } from '../../shared/verification-check.ts';
import { type VerificationStatus, verificationStatusesBefore } from '../../shared/verification-state.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { type VerificationActor, writeVerificationEvent } from './verification-events.ts';
import type { VerificationReview } from './verifications.ts';

/*
 * Every change of a verification: one update, guarded by the moves drawn in shared/verification-state.ts, and one event.
 * Null or `false` says that the row was not in a status that admits it, and that nothing was written.
 */

/** One of a tenant's. */
export interface NamedVerification {
  tenantId: string;
  id: string;
}

interface Move {
  to: VerificationStatus;
  /** Every status that may become `to`, unless this move is for some of them only. */
  from?: readonly VerificationStatus[];
  actor: VerificationActor;
  reason?: string | null;
  details?: Record<string, unknown> | null;
  /** Undefined: as they were. */
  checks?: readonly VerificationCheck[];
  review?: VerificationReview;
}

/** What may be looked at again on request. */
const retriable = ['ERROR', 'AUTO_FAIL'] as const satisfies VerificationStatus[];

const moveSql = sql('workforce/verifications/move');

/** A worker begins. */
export function startVerification(tx: Transaction, named: NamedVerification): Promise<boolean> {
  return did(move(tx, named, { to: 'PROCESSING', actor: 'worker' }));
}

/** A worker has looked. The event keeps the checks, which a retry takes from the row. */
export function recordVerdict(
  tx: Transaction,
  named: NamedVerification,
  verdict: VerificationVerdict,
): Promise<boolean> {
  const { status, reason = null, checks } = verdict;
  return did(
    move(tx, named, { to: status, from: ['PROCESSING'], actor: 'worker', reason, details: { checks }, checks }),
  );
}

/** Nobody will look any more: its job has ended. */
export function failVerification(
  tx: Transaction,
  named: NamedVerification,
  fault: { code: string; message: string },
): Promise<boolean> {
  const { code: reason, message } = fault;
  return did(move(tx, named, { to: 'ERROR', actor: 'worker', reason, details: { message } }));
}

/** Its job waits for another attempt. */
export function putBackVerification(tx: Transaction, named: NamedVerification, reason: string): Promise<boolean> {
  return did(move(tx, named, { to: 'PENDING', from: ['PROCESSING'], actor: 'worker', reason }));
}

/** It is to be looked at again. What was found before is in the history. */
export function reopenVerification(tx: Transaction, named: NamedVerification, userId: string): Promise<boolean> {
  return did(move(tx, named, { to: 'PENDING', from: retriable, actor: `user/${userId}`, checks: [] }));
}

/** A person decides, for good: one of the tenant's, or an operator. Answers when. */
export async function decideVerification(
  tx: Transaction,
  named: NamedVerification,
  review: VerificationReview,
  as: 'user' | 'operator' = 'user',
): Promise<Date | null> {
  const { decision: to, reviewedBy, reasonCode: reason, note } = review;
  const actor = `${as}/${reviewedBy}` as const;
  const moved = await move(tx, named, { to, actor, reason, details: note === null ? null : { note }, review });
  return moved?.updatedAt ?? null;
}

async function move(
  tx: Transaction,
  { tenantId, id }: NamedVerification,
  { to, from = verificationStatusesBefore(to), actor, reason = null, details = null, checks, review }: Move,
): Promise<{ updatedAt: Date } | null> {
  const values = {
    checks: checks === undefined ? null : JSON.stringify(checks),
    review: review === undefined ? null : JSON.stringify(review),
  };
  const moved = await tx.oneOrNone<{ updatedAt: Date }>(moveSql({ tenantId, id, to, from, ...values }));
  if (moved) await writeVerificationEvent(tx, { verificationId: id, to, actor, reason, details });
  return moved;
}

async function did(moving: Promise<unknown>): Promise<boolean> {
  return (await moving) !== null;
}
