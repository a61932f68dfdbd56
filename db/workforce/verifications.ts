import { verification as spec } from '../../shared/jobs/verification.ts';
import { isUuid, uuidV7 } from '../../shared/uuid.ts';
import type { VerificationCheck, VerificationType } from '../../shared/verification-check.ts';
import type { VerificationStatus } from '../../shared/verification-state.ts';
import type { Connection, Transaction } from '../connect.ts';
import { findLiveJob } from '../core/jobs.ts';
import { insertJob } from '../insert-job.ts';
import { sql } from '../sql.ts';
import type { WorkCause } from './notifications.ts';
import { writeVerificationEvent } from './verification-events.ts';
import { type NamedVerification, reopenVerification } from './verification-moves.ts';

/** What a person decided. */
export interface VerificationReview {
  decision: 'APPROVED' | 'REJECTED';
  note: string | null;
  reasonCode: string | null;
  /** The user's id, or the operator's. */
  reviewedBy: string;
}

export interface VerificationRow {
  id: string;
  type: VerificationType;
  subjectType: string;
  subjectId: string;
  /** Who asked for it. */
  userId: string;
  status: VerificationStatus;
  checks: VerificationCheck[];
  review: VerificationReview | null;
  createdAt: Date;
  /** Of its last change of status. */
  updatedAt: Date;
}

export interface NewVerification {
  tenantId: string;
  /** Who asks. */
  userId: string;
  type: VerificationType;
  /** What it is about. `staff` or `worker` with the id of a profile: that worker's papers; all else: the asker's own. */
  subjectType: string;
  subjectId: string;
  /** One of the tenant's. */
  fileId: string;
  /** What the checks are to hold the file against. */
  rules: Record<string, unknown>;
  /** The asker's own words, kept as they are. */
  metadata: Record<string, unknown>;
}

/** What a worker needs to know. */
export interface VerificationWork {
  type: VerificationType;
  status: VerificationStatus;
  rules: Record<string, unknown>;
  metadata: Record<string, unknown>;
  storageKey: string;
  contentType: string;
  sizeBytes: number;
  /** Null where there is no profile, or it does not say. */
  holderName: string | null;
  /** yyyy-mm-dd. */
  holderBornOn: string | null;
}

const insertSql = sql('workforce/verifications/insert');
const getSql = sql('workforce/verifications/get');
const getWorkSql = sql('workforce/verifications/get-work');
const findStaffSql = sql('workforce/verifications/find-staff');

/** Subject types whose subject is a worker's profile. */
export const staffSubjects: readonly string[] = ['staff', 'worker'];

/** The worker's profile that a subject is, if it is one. */
export function staffOfSubject({
  subjectType,
  subjectId,
}: Pick<NewVerification, 'subjectType' | 'subjectId'>): string | null {
  return staffSubjects.includes(subjectType) && isUuid(subjectId) ? subjectId : null;
}

/** Whether the tenant has such a worker. */
export async function isStaffOf(db: Connection, named: { tenantId: string; id: string }): Promise<boolean> {
  return (await db.oneOrNone(findStaffSql(named))) !== null;
}

/** Makes a verification and the job that looks at its file, once `tx` commits. */
export async function createVerification(
  tx: Transaction,
  { rules, metadata, ...asked }: NewVerification,
  cause: WorkCause,
): Promise<{ id: string; status: VerificationStatus }> {
  const { tenantId, userId } = asked;
  const row = await tx.one<{ id: string; status: VerificationStatus }>(
    insertSql({ ...asked, id: uuidV7(), rules: JSON.stringify(rules), metadata: JSON.stringify(metadata) }),
  );
  const actor = `user/${userId}` as const;
  await writeVerificationEvent(tx, { verificationId: row.id, to: row.status, actor, reason: null, details: null });
  await insertVerificationJob(tx, { tenantId, id: row.id }, userId, cause);
  return row;
}

/**
 * Has a verification looked at again that failed, or could not be looked at. False if it is in another status: then the
 * caller rolls back. The job before the row, as whoever records an outcome takes them: the other way round the two could
 * deadlock.
 */
export async function retryVerification(
  tx: Transaction,
  named: NamedVerification,
  userId: string,
  cause: WorkCause,
): Promise<boolean> {
  await insertVerificationJob(tx, named, userId, cause);
  return reopenVerification(tx, named, userId);
}

/** `userId`: only if that user asked for it; null: whoever did. */
export function getVerification(
  db: Connection,
  named: NamedVerification & { userId: string | null },
): Promise<VerificationRow | null> {
  return db.oneOrNone<VerificationRow>(getSql({ ...named }));
}

export function getVerificationWork(db: Connection, named: NamedVerification): Promise<VerificationWork | null> {
  return db.oneOrNone<VerificationWork>(getWorkSql({ ...named, staffSubjects }));
}

/** The job that is to look at one, or does; null if there is none. */
export async function findVerificationJob(db: Connection, { id }: NamedVerification): Promise<string | null> {
  const job = await findLiveJob(db, `verification:${id}`);
  return job?.id ?? null;
}

async function insertVerificationJob(
  tx: Transaction,
  { tenantId, id: verificationId }: NamedVerification,
  userId: string,
  cause: WorkCause,
): Promise<void> {
  await insertJob(tx, spec, { tenantId, verificationId }, { owner: `workforce/${userId}`, tenant: tenantId, ...cause });
}
