import type { FieldEntity, FieldPayload, FieldViewer } from '../../shared/field-records.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { takeInstants } from './instants.ts';

/** A record as it stands. Instants are ISO-8601 in UTC with microseconds. */
export interface RecordRow {
  id: string;
  entity: FieldEntity;
  payload: FieldPayload;
  changedAt: string;
  deleted: boolean;
  /** Employees who could see it at any time, of entries that only one may see. */
  seenBy: string[];
}

/** A record that has changed, as somebody may see it. */
export interface PulledRow extends Omit<RecordRow, 'seenBy'> {
  /** Whether it is theirs to see; if not, it was once. */
  visible: boolean;
}

/** What has changed for somebody, all of one moment. */
export interface Pulled {
  /** The tenant's newest instant. */
  newest: string;
  now: Date;
  viewer: FieldViewer;
  /** The oldest first. */
  changes: PulledRow[];
}

const getManySql = sql('fieldservice/records/get-many');
const putSql = sql('fieldservice/records/put');
const pullSql = sql('fieldservice/records/pull');
const listSeenBySql = sql('fieldservice/records/list-seen-by');
const restampSql = sql('fieldservice/records/restamp');

export function getRecords(db: Connection, tenantId: string, ids: readonly string[]): Promise<RecordRow[]> {
  return db.any<RecordRow>(getManySql({ tenantId, ids }));
}

/** Writes records as they are to stand. The caller holds the tenant's lock and has taken their instants: see `takeInstants`. */
export async function putRecords(tx: Transaction, tenantId: string, records: readonly RecordRow[]): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map(({ changedAt, seenBy, ...rest }) => ({ ...rest, changed_at: changedAt, seen_by: seenBy }));
  await tx.many(putSql({ tenantId, records: JSON.stringify(rows) }));
}

/**
 * What has changed strictly after `since` (null: ever), at most `limit`, for a member as they are at that moment: a link or role
 * that changes meanwhile cannot slip between the look at it and the look at the records. Null if they are no member.
 */
export async function pullRecords(
  db: Connection,
  member: { tenantId: string; userId: string },
  { since, limit }: { since: string | null; limit: number },
): Promise<Pulled | null> {
  const rows = await db.any<PulledRow & Pick<Pulled, 'newest' | 'now'> & FieldViewer>(
    pullSql({ ...member, since, limit }),
  );
  const [first] = rows;
  if (!first) return null;
  const { newest, now, role, employeeId } = first;
  return { newest, now, viewer: { role, employeeId }, changes: first.id === null ? [] : rows };
}

/**
 * Has records pulled again whose sight has changed for a member: those that only these employees could see, and, for a new
 * manager, everything that employees don't see.
 */
export async function restampForMember(
  tx: Transaction,
  tenantId: string,
  { employeeIds, everything }: { employeeIds: readonly string[]; everything: boolean },
): Promise<void> {
  await takeInstants(tx, tenantId, 1); // the lock: nothing is written between the list and the new instants
  const rows = await tx.any<{ id: string }>(listSeenBySql({ tenantId, employeeIds, everything }));
  const [firstInstant] = rows.length === 0 ? [] : await takeInstants(tx, tenantId, rows.length);
  if (firstInstant !== undefined) await tx.many(restampSql({ tenantId, ids: rows.map(row => row.id), firstInstant }));
}
