import type { Connection } from '../../db/connect.ts';
import { writeAuditHourly } from '../../db/core/audit.ts';
import { decideVerification } from '../../db/workforce/verification-moves.ts';
import { describeVerification, type VerificationCase } from '../../db/workforce/verification-search.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import type { VerificationStatus } from '../../shared/verification-state.ts';
import { leaveTrace, type Operator } from './operator.ts';

/**
 * Decides a verification for good, as a reviewer of its tenant would; the reason is the note that whoever asked reads. Faults:
 * `not_found`; `conflict` with reason `still_running` while a worker looks or is to look, `decided` if somebody was faster.
 */
export function reviewVerification(
  deps: TransactDeps,
  { id, decision, operatorId }: { id: string; decision: 'APPROVED' | 'REJECTED'; operatorId: string },
  operator: Operator & { reason: string },
): Promise<void> {
  return transact(deps, async tx => {
    const { tenantId, status } = await showVerification(tx, id);
    const review = { decision, note: operator.reason, reasonCode: null, reviewedBy: operatorId };
    const decidedAt = await decideVerification(tx, { tenantId, id }, review, 'operator');
    // What was read before may have changed meanwhile, and the update's guard is what counts: look again to say how it stands.
    if (!decidedAt) throw refusal(await showVerification(tx, id));
    const action = decision === 'APPROVED' ? 'verification.approve' : 'verification.reject';
    await leaveTrace(tx, operator, { action, subject: id, details: { tenantId, from: status } });
  });
}

/** Throws `Fault('not_found')`. */
export async function showVerification(db: Connection, id: string): Promise<VerificationCase> {
  const found = await describeVerification(db, id);
  if (!found) throw new Fault('not_found', 'There is no such verification.');
  return found;
}

/**
 * The stored file of a verification, for an operator who is about to look at it: that is traced, once an hour, before anything
 * is shown. Throws `Fault('not_found')`.
 */
export async function openDocument(db: Connection, id: string, { actor }: Operator): Promise<VerificationCase> {
  const found = await showVerification(db, id);
  await writeAuditHourly(db, { actor, action: 'verification.view', subject: id });
  return found;
}

const runs: readonly VerificationStatus[] = ['PENDING', 'PROCESSING'];

function refusal({ status, review, updatedAt }: VerificationCase): Fault {
  if (runs.includes(status))
    return new Fault('conflict', 'A worker is still looking at it. Decide when that has ended.', {
      reason: 'still_running',
      details: { status },
    });
  const note = review?.note ? `, and wrote: "${review.note}"` : '';
  return new Fault(
    'conflict',
    `Somebody was faster: it was ${status.toLowerCase()} at ${updatedAt.toISOString().slice(0, 16).replace('T', ' ')}${note}. That stands.`,
    { reason: 'decided', details: { status } },
  );
}
