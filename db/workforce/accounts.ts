import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { lockStaff, type OwnStaff } from './staff-profile.ts';

export const accountTypes = ['CHECKING', 'SAVINGS'] as const;

export interface StaffAccountRow {
  id: string;
  bankName: string;
  accountLast4: string;
  routingNumber: string;
  accountType: (typeof accountTypes)[number];
  isPrimary: boolean;
  createdAt: Date;
}

export interface NewStaffAccount extends Omit<StaffAccountRow, 'id' | 'isPrimary' | 'createdAt'> {
  accountSealed: string;
  /** Null: if there is no primary one yet. */
  isPrimary: boolean | null;
}

export const maxStaffAccounts = 10;

const insertSql = sql('workforce/staff-accounts/insert');
const listSql = sql('workforce/staff-accounts/list');
const demoteSql = sql('workforce/staff-accounts/demote');

/** A new primary account takes that place from the old one. Null if there are `maxStaffAccounts`. */
export async function addStaffAccount(
  tx: Transaction,
  own: OwnStaff,
  account: NewStaffAccount,
): Promise<StaffAccountRow | null> {
  await lockStaff(tx, own);
  if (account.isPrimary) await tx.none(demoteSql({ ...own }));
  return tx.oneOrNone<StaffAccountRow>(insertSql({ ...own, ...account, id: uuidV7(), maxAccounts: maxStaffAccounts }));
}

/** The primary one first. */
export function listStaffAccounts(db: Connection, own: OwnStaff): Promise<StaffAccountRow[]> {
  return db.any<StaffAccountRow>(listSql({ ...own }));
}
