import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { BusinessKey } from './business-key.ts';

/** A worker whom a business would have again. */
export interface FavoriteStaffRow {
  staffId: string;
  fullName: string;
  createdAt: Date;
}

const insertSql = sql('workforce/favorite-staff/insert');
const deleteSql = sql('workforce/favorite-staff/delete');
const listSql = sql('workforce/favorite-staff/list', { replan: true });

/** Answers since when; null if the tenant has no such business or no such worker. */
export async function addFavoriteStaff(
  tx: Transaction,
  favorite: BusinessKey & { staffId: string },
): Promise<Date | null> {
  const row = await tx.oneOrNone<{ createdAt: Date }>(insertSql({ ...favorite }));
  return row?.createdAt ?? null;
}

/** False if that worker is none of the business's favorites. */
export async function removeFavoriteStaff(
  tx: Transaction,
  favorite: BusinessKey & { staffId: string },
): Promise<boolean> {
  return (await tx.oneOrNone(deleteSql({ ...favorite }))) !== null;
}

/** The newest profile first. */
export function listFavoriteStaff(
  db: Connection,
  business: BusinessKey,
  page: { afterId: string | null; limit: number },
): Promise<FavoriteStaffRow[]> {
  return db.any<FavoriteStaffRow>(listSql({ ...business, ...page }));
}
