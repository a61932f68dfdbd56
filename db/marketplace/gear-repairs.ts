import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { lockGear, type OwnedGear } from './gear.ts';

export interface NewGearRepair {
  /** `yyyy-mm-dd`. */
  repairDate: string;
  description: string;
  costCents: number;
  currency: string;
  /** Who repaired it. */
  provider: string | null;
}

export interface GearRepairRow extends NewGearRepair {
  id: string;
  gearId: string;
  createdAt: Date;
}

export const maxRepairsPerGear = 1_000;

const insertSql = sql('marketplace/gear-repairs/insert');
const listSql = sql('marketplace/gear-repairs/list');
const countSql = sql('marketplace/gear-repairs/count');
const deleteSql = sql('marketplace/gear-repairs/delete');

/** `no_gear`: the owner has no such gear; `full`: it has `maxRepairsPerGear` repairs. */
export async function insertGearRepair(
  tx: Transaction,
  gear: OwnedGear,
  repair: NewGearRepair,
): Promise<GearRepairRow | 'no_gear' | 'full'> {
  if (!(await lockGear(tx, gear))) return 'no_gear';
  const row = insertSql({ ...repair, id: uuidV7(), gearId: gear.id, maxPerGear: maxRepairsPerGear });
  return (await tx.oneOrNone<GearRepairRow>(row)) ?? 'full';
}

/** By date, the latest first, with the number of all. */
export async function listGearRepairs(
  db: Connection,
  gear: OwnedGear,
  page: { limit: number; offset: number },
): Promise<{ repairs: GearRepairRow[]; total: number }> {
  const named = { ownerId: gear.ownerId, gearId: gear.id };
  const repairs = await db.any<GearRepairRow>(listSql({ ...named, ...page }));
  const { total } = await db.one<{ total: number }>(countSql(named));
  return { repairs, total };
}

/** False if the owner's gear has no such repair. */
export async function deleteGearRepair(db: Connection, gear: OwnedGear, id: string): Promise<boolean> {
  return (await db.oneOrNone(deleteSql({ ownerId: gear.ownerId, gearId: gear.id, id }))) !== null;
}
