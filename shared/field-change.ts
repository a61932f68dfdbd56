import { z } from 'zod';
import { canonicalJson, fingerprintOf } from './canonical.ts';
import {
  type FieldEntity,
  fieldEntities,
  type FieldPayload,
  type FieldViewer,
  isSameValue,
  labelOf,
  missingField,
  readFields,
  titleOf,
} from './field-records.ts';

/** One change that a device made. */
export interface FieldChange {
  op: 'upsert' | 'delete';
  entity: FieldEntity;
  /** Lower case. */
  entityId: string;
  clientUpdatedAt: string;
  /** What an upsert writes; null clears a field. Empty for a delete. */
  fields: FieldPayload;
  /** SHA-256 in hex: the same for the same change of the same device, and for no other. */
  digest: string;
}

/** A record as it stands. */
export interface FieldRecord {
  entity: FieldEntity;
  payload: FieldPayload;
  /** ISO-8601 in UTC with microseconds; null for one that the same push has made. */
  changedAt: string | null;
  deleted: boolean;
  /** Fields that the same push has written: with those, a device is in no conflict. */
  ownFields: ReadonlySet<string>;
}

/** What becomes of a record by a change. */
export interface AppliedChange {
  action: 'created' | 'updated' | 'deleted';
  /** The record after it; null if nothing is to be written, as for a delete of what isn't there. */
  record: { payload: FieldPayload; deleted: boolean } | null;
  /** Fields in which the server's newer values were overwritten. */
  conflictFields: string[];
  /** For the audit: "Client updated: John Doe". */
  summary: string;
}

/** A change as sent that cannot be applied, and why, for the device's user. */
export interface RejectedChange {
  /** As far as they could be read. */
  entity: string | null;
  entityId: string | null;
  reason: string;
}

const changeSchema = z.object({
  op: z.enum(['upsert', 'delete'], 'op: must be upsert or delete'),
  entity: z.enum(fieldEntities, 'entity: unknown'),
  entityId: z.guid('entityId: must be a UUID').transform(id => id.toLowerCase()),
  clientUpdatedAt: z.iso.datetime({ offset: true, error: 'clientUpdatedAt: must be an ISO-8601 instant' }),
  payload: z.record(z.string(), z.unknown(), 'payload: must be an object').nullish(),
});

/** Reads one change of a push. */
export function readChange(deviceId: string, sent: unknown): { change: FieldChange } | { rejected: RejectedChange } {
  const named = (sent ?? {}) as { entity?: unknown; entityId?: unknown };
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : null);
  const reject = (reason: string) => ({
    rejected: { entity: text(named.entity), entityId: text(named.entityId), reason },
  });
  const read = changeSchema.safeParse(sent);
  if (!read.success) return reject(read.error.issues[0]?.message ?? 'not a change');
  const { op, entity, entityId, clientUpdatedAt, payload } = read.data;
  if (op === 'upsert' && !payload) return reject('payload: is missing');
  const fields = op === 'upsert' ? readFields(entity, payload ?? {}) : { fields: {} };
  if ('problem' in fields) return reject(fields.problem);
  const identity = [deviceId, entity, entityId, op, clientUpdatedAt, canonicalJson(payload ?? {})];
  return {
    change: { op, entity, entityId, clientUpdatedAt, fields: fields.fields, digest: fingerprintOf(...identity) },
  };
}

/** What an employee may write of the tasks that are assigned to them. */
const employeeFields = new Set(['status', 'startTime', 'endTime', 'checkInTime', 'checkOutTime']);

/**
 * What a change makes of a record, or why it can't be applied. The client wins: an upsert writes the fields that it names,
 * and brings a deleted record back. Fields in which it overwrites values that the server got after `clientUpdatedAt` are told.
 */
export function applyChange(
  record: FieldRecord | null,
  change: FieldChange,
  viewer: FieldViewer,
): AppliedChange | { reason: string } {
  const { op, entity, fields } = change;
  if (viewer.role === 'employee' && entity !== 'task') return { reason: 'Only a manager may write this.' };
  if (record && record.entity !== entity)
    return { reason: `entityId: belongs to a ${labelOf(record.entity).toLowerCase()}` };
  const before = record?.payload ?? {};
  const changed = Object.keys(fields).filter(field => !isSameValue(entity, field, before[field], fields[field]));
  const refusal = viewer.role === 'employee' ? refuseEmployee(record, change, changed, viewer) : null;
  if (refusal !== null) return { reason: refusal };
  if (op === 'delete') {
    const summary = summaryOf(entity, 'deleted', before);
    const gone = record && !record.deleted ? { payload: before, deleted: true } : null;
    return { action: 'deleted', record: gone, conflictFields: [], summary };
  }
  const payload = withoutNulls({ ...before, ...fields });
  const missing = missingField(entity, payload);
  if (missing !== null) return { reason: `${missing}: is missing` };
  const action = record ? 'updated' : 'created';
  const newer = isLater(record?.changedAt ?? null, change.clientUpdatedAt);
  return {
    action,
    record: { payload, deleted: false },
    conflictFields: newer ? changed.filter(field => !record?.ownFields.has(field)) : [],
    summary: summaryOf(entity, action, payload),
  };
}

function refuseEmployee(
  record: FieldRecord | null,
  { op }: FieldChange,
  changed: readonly string[],
  { employeeId }: FieldViewer,
): string | null {
  // The same words for one that isn't there.
  if (!record || record.deleted || employeeId === null || record.payload['assignedEmployeeId'] !== employeeId)
    return 'You may change only tasks that are assigned to you.';
  if (op === 'delete') return 'Only a manager may delete a task.';
  const forbidden = changed.find(field => !employeeFields.has(field));
  return forbidden === undefined ? null : `${forbidden}: only a manager may change it`;
}

/** "Email and phone updated on another device; client values kept". */
export function conflictSummary(fields: readonly string[]): string {
  const words = fields.map((field, index) => {
    const spaced = field.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
    return index === 0 ? spaced.charAt(0).toUpperCase() + spaced.slice(1) : spaced;
  });
  const last = words.pop() ?? '';
  const list = words.length === 0 ? last : `${words.join(', ')} and ${last}`;
  return `${list} updated on another device; client value${words.length === 0 ? '' : 's'} kept`;
}

function summaryOf(entity: FieldEntity, action: string, payload: FieldPayload): string {
  const title = titleOf(entity, payload);
  return `${labelOf(entity)} ${action}${title === '' ? '' : `: ${title}`}`;
}

function withoutNulls(payload: FieldPayload): FieldPayload {
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
}

/** To the microsecond, which `Date` does not hold. */
function isLater(instant: string | null, than: string): boolean {
  return instant !== null && microsecondsOf(instant) > microsecondsOf(than);
}

function microsecondsOf(instant: string): number {
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? '';
  const whole = Date.parse(instant.replace(/\.\d+/, ''));
  return whole * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
