import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** The entities whose records have attachments. */
export const attachmentOwners = ['finance_entry', 'task'] as const;
export type AttachmentOwner = (typeof attachmentOwners)[number];

/** A file that somebody attaches to a record, as they announced it. */
export interface AttachmentRow {
  id: string;
  ownerType: AttachmentOwner;
  ownerId: string;
  fileKey: string;
  mimeType: string;
  sizeBytes: number;
  createdBy: string;
  /** Null: announced, and perhaps never sent. */
  completedAt: Date | null;
}

const insertSql = sql('fieldservice/attachments/insert');
const getSql = sql('fieldservice/attachments/get');
const completeSql = sql('fieldservice/attachments/complete');
const deleteUnfinishedSql = sql('fieldservice/attachments/delete-unfinished');

/**
 * Announces a file; false if its sender has `maxOpen` unfinished ones of the last `openForS` seconds. Requests of one sender
 * that come at the same instant don't see each other and may exceed that by their number.
 */
export async function insertAttachment(
  db: Connection,
  attachment: Omit<AttachmentRow, 'createdBy' | 'completedAt'> & { tenantId: string; userId: string },
  limits: { maxOpen: number; openForS: number },
): Promise<boolean> {
  return (await db.oneOrNone(insertSql({ ...attachment, ...limits }))) !== null;
}

export function getAttachment(db: Connection, tenantId: string, id: string): Promise<AttachmentRow | null> {
  return db.oneOrNone<AttachmentRow>(getSql({ tenantId, id }));
}

/** False if it is completed already, or not there. */
export async function completeAttachment(tx: Transaction, tenantId: string, id: string): Promise<boolean> {
  return (await tx.oneOrNone(completeSql({ tenantId, id }))) !== null;
}

/** Forgets files that were announced before that time and never completed, at most `limit`; answers how many. */
export async function deleteUnfinishedAttachments(
  db: Connection,
  page: { before: Date; limit: number },
): Promise<number> {
  return (await db.any(deleteUnfinishedSql(page))).length;
}
