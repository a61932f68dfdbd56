import type { VerificationType } from '../../shared/verification-check.ts';
import type { VerificationStatus } from '../../shared/verification-state.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import { staffSubjects, type VerificationRow } from './verifications.ts';

/** One of any tenant's, for operators. */
export interface VerificationSight extends Omit<VerificationRow, 'userId'> {
  tenantId: string;
  tenantName: string;
}

/** With its file, and whoever it is about. */
export interface VerificationCase extends VerificationSight {
  /** Who asked for it. */
  userId: string;
  rules: Record<string, unknown>;
  metadata: Record<string, unknown>;
  storageKey: string;
  filename: string;
  contentType: string;
  sizeBytes: number;
  /** In hex. */
  sha256: string;
  /** Null where there is no profile, or it does not say. */
  holderName: string | null;
  /** yyyy-mm-dd. */
  holderBornOn: string | null;
}

export interface VerificationSearch {
  /** Undefined: of every status. */
  status?: VerificationStatus | undefined;
  type?: VerificationType | undefined;
  tenantId?: string | undefined;
  order: 'oldest first' | 'newest first';
  /** The last one of the page before. */
  fromId?: string | undefined;
  limit: number;
}

/** Those of this status wait for a person. */
export const waitsForPerson = 'NEEDS_REVIEW' satisfies VerificationStatus;

const maxCounted = 10_000;

const listWaitingSql = sql('workforce/verifications/list-waiting', { replan: true });
const listRecentSql = sql('workforce/verifications/list-recent', { replan: true });
const countWaitingSql = sql('workforce/verifications/count-waiting');
const describeSql = sql('workforce/verifications/describe');

/** `nextFromId` is null at the end. Oldest first needs a status. */
export async function searchVerifications(
  db: Connection,
  { status, type, tenantId, order, fromId, limit }: VerificationSearch,
): Promise<{ verifications: VerificationSight[]; nextFromId: string | null }> {
  const filter = { status: status ?? null, type: type ?? null, tenantId: tenantId ?? null, limit: limit + 1 };
  const found = await db.any<VerificationSight>(
    order === 'oldest first'
      ? listWaitingSql({ ...filter, afterId: fromId ?? null })
      : listRecentSql({ ...filter, beforeId: fromId ?? null }),
  );
  const verifications = found.slice(0, limit);
  return { verifications, nextFromId: found.length > limit ? (verifications.at(-1)?.id ?? null) : null };
}

/** How many wait for a person, and since when the oldest. */
export async function countWaiting(
  db: Connection,
): Promise<{ waiting: number; capped: boolean; oldestAt: Date | null }> {
  const counted = await db.one<{ waiting: number; oldestAt: Date | null }>(
    countWaitingSql({ status: waitsForPerson, limit: maxCounted }),
  );
  return { ...counted, capped: counted.waiting >= maxCounted };
}

export function describeVerification(db: Connection, id: string): Promise<VerificationCase | null> {
  return db.oneOrNone<VerificationCase>(describeSql({ id, staffSubjects }));
}
