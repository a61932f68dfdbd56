import type { AttachmentOwner } from '../../db/fieldservice/attachments.ts';
import type { Connection } from '../../db/connect.ts';
import { getRecords, type RecordRow } from '../../db/fieldservice/records.ts';
import { Fault } from '../../shared/fault.ts';
import { soleEmployeeOf } from '../../shared/field-records.ts';
import type { Member } from './actor.ts';

/** The record that an attachment belongs to. */
export interface OwnerReference {
  ownerType: AttachmentOwner;
  ownerId: string;
}

/**
 * The record, if the member may do that with its attachments: a manager anything; an employee reads those of tasks and of
 * their own payroll entries, and attaches to those entries and to tasks that are assigned to them. Throws
 * `Fault('not_found')` for any other, and for one that was deleted.
 */
export async function findOwner(
  db: Connection,
  member: Member,
  { ownerType, ownerId }: OwnerReference,
  use: 'read' | 'attach',
): Promise<RecordRow> {
  const [record] = await getRecords(db, member.tenant, [ownerId]);
  if (!record || record.deleted || record.entity !== ownerType || !mayUse(member, record, use)) {
    throw new Fault('not_found', 'There is no such record whose attachments you may use so.', {
      reason: 'OWNER_NOT_FOUND',
      details: { ownerType, ownerId },
    });
  }
  return record;
}

function mayUse({ role, employeeId }: Member, { entity, payload }: RecordRow, use: 'read' | 'attach'): boolean {
  if (role === 'manager' || (entity === 'task' && use === 'read')) return true;
  const sole = entity === 'task' ? payload['assignedEmployeeId'] : soleEmployeeOf(entity, payload);
  return employeeId !== null && sole === employeeId;
}
