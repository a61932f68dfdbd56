import {
  applyChange,
  conflictSummary,
  type FieldChange,
  type FieldRecord,
  type RejectedChange,
} from '../../shared/field-change.ts';
import { type FieldViewer, soleEmployeeOf } from '../../shared/field-records.ts';
import type { Transaction } from '../connect.ts';
import { addAudit, type AuditActor, knownDigests, type NewAudit } from './audit.ts';
import { addConflicts, type NewConflict } from './conflicts.ts';
import { takeInstants } from './instants.ts';
import { getRecords, putRecords, type RecordRow } from './records.ts';

/** Who pushes, from which device. */
export interface Push {
  tenantId: string;
  deviceId: string;
  actor: AuditActor;
  viewer: FieldViewer;
}

export interface PushAnswer {
  /** The ids of the changes' records, in the order sent, repeats included. */
  applied: string[];
  conflicts: NewConflict[];
  rejected: RejectedChange[];
}

/** A record while the changes of one push go over it. */
interface Draft {
  record: FieldRecord | null;
  seenBy: string[];
  /** The instant of the change that wrote it last; null while none has. */
  writtenAt: string | null;
}

/**
 * Applies changes (at most 1,000) in their order, all in the caller's transaction. A change that was applied before is only
 * listed again. The tenant's pushes go one after another: each reads what the one before has committed.
 */
export async function pushChanges(
  tx: Transaction,
  { tenantId, deviceId, actor, viewer }: Push,
  changes: readonly FieldChange[],
): Promise<PushAnswer> {
  const answer: PushAnswer = { applied: [], conflicts: [], rejected: [] };
  if (changes.length === 0) return answer;
  const instants = await takeInstants(tx, tenantId, changes.length);
  const digests = changes.map(change => change.digest);
  const seen = new Set(await knownDigests(tx, tenantId, digests));
  const drafts = await openDrafts(tx, tenantId, changes);
  const audit: NewAudit[] = [];
  for (const [index, change] of changes.entries()) {
    const { entity, entityId, digest } = change;
    const createdAt = instants[index] as string;
    const draft = drafts.get(entityId) ?? { record: null, seenBy: [], writtenAt: null };
    if (seen.has(digest)) {
      answer.applied.push(entityId);
      continue;
    }
    const applied = applyChange(draft.record, change, viewer);
    if ('reason' in applied) {
      answer.rejected.push({ entity, entityId, reason: applied.reason });
      continue;
    }
    seen.add(digest);
    answer.applied.push(entityId);
    const { action, summary, conflictFields: fields } = applied;
    audit.push({ entity, entityId, action, summary, digest, createdAt });
    const serverUpdatedAt = draft.record?.changedAt ?? null;
    if (fields.length > 0 && serverUpdatedAt !== null) {
      const about = { entity, entityId, fields, summary: conflictSummary(fields) };
      answer.conflicts.push({ ...about, serverUpdatedAt, createdAt });
    }
    if (applied.record) drafts.set(entityId, nextDraft(draft, change, applied.record, createdAt));
  }
  await putRecords(tx, tenantId, [...drafts].flatMap(toRow));
  await addAudit(tx, { tenantId, actor, deviceId }, audit);
  await addConflicts(tx, { tenantId, userId: actor.userId, deviceId }, answer.conflicts);
  return answer;
}

async function openDrafts(
  tx: Transaction,
  tenantId: string,
  changes: readonly FieldChange[],
): Promise<Map<string, Draft>> {
  const ids = [...new Set(changes.map(change => change.entityId))];
  const rows = await getRecords(tx, tenantId, ids);
  return new Map(
    rows.map(({ id, seenBy, ...record }) => [
      id,
      { record: { ...record, ownFields: new Set<string>() }, seenBy, writtenAt: null },
    ]),
  );
}

function nextDraft(
  { record, seenBy }: Draft,
  { entity, fields }: FieldChange,
  next: { payload: Record<string, unknown>; deleted: boolean },
  writtenAt: string,
): Draft {
  const ownFields = new Set([...(record?.ownFields ?? []), ...Object.keys(fields)]);
  const sole = soleEmployeeOf(entity, next.payload);
  return {
    record: { ...next, entity, changedAt: record?.changedAt ?? null, ownFields },
    seenBy: sole === null || seenBy.includes(sole) ? seenBy : [...seenBy, sole],
    writtenAt,
  };
}

function toRow([id, { record, seenBy, writtenAt }]: [string, Draft]): RecordRow[] {
  if (!record || writtenAt === null) return [];
  const { entity, payload, deleted } = record;
  return [{ id, entity, payload, deleted, seenBy, changedAt: writtenAt }];
}
