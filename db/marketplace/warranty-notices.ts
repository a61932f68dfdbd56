import type { WarrantyThreshold } from '../../shared/warranty.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** That a gear's warranty ends within so many days of a date (`yyyy-mm-dd`): there is one row of each such thing at most. */
export interface WarrantyNotice {
  gearId: string;
  thresholdDays: WarrantyThreshold;
  endsOn: string;
}

/** Whom a notice is for, and how its gear stands by now. */
export interface OpenWarrantyNotice {
  mailedAt: Date | null;
  name: string;
  warrantyExpiresAt: string | null;
  ownerId: string;
  email: string;
}

const insertDueSql = sql('marketplace/warranty-notices/insert-due');
const openSql = sql('marketplace/warranty-notices/open');
const withdrawSql = sql('marketplace/warranty-notices/withdraw');
const mailedSql = sql('marketplace/warranty-notices/mailed');

/**
 * Writes those of the notices that are new, and answers them. One is not new if it, or a tighter one for the same end
 * date, was written before; nor is there one for a gear that has gone or ends on another date by now.
 */
export function insertDueNotices(tx: Transaction, due: readonly WarrantyNotice[]): Promise<WarrantyNotice[]> {
  return tx.any<WarrantyNotice>(
    insertDueSql({
      gearIds: due.map(notice => notice.gearId),
      thresholds: due.map(notice => notice.thresholdDays),
      endsOn: due.map(notice => notice.endsOn),
    }),
  );
}

/** Null for a notice that was withdrawn, or whose gear has gone. */
export function openWarrantyNotice(db: Connection, notice: WarrantyNotice): Promise<OpenWarrantyNotice | null> {
  return db.oneOrNone<OpenWarrantyNotice>(openSql({ ...notice }));
}

/** Forgets a notice that was not mailed: should the date come back, it is due again. */
export async function withdrawWarrantyNotice(tx: Transaction, notice: WarrantyNotice): Promise<void> {
  await tx.oneOrNone(withdrawSql({ ...notice }));
}

export async function markWarrantyMailed(tx: Transaction, notice: WarrantyNotice): Promise<void> {
  await tx.oneOrNone(mailedSql({ ...notice }));
}
