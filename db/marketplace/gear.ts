import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** What an owner says of a piece of gear. Dates are `yyyy-mm-dd`. */
export interface GearFields {
  name: string;
  category: string | null;
  brand: string | null;
  model: string | null;
  serialNumber: string | null;
  purchaseDate: string | null;
  /** Never without a currency. */
  purchasePriceCents: number | null;
  currency: string | null;
  /** The last day that the warranty covers, in UTC. */
  warrantyExpiresAt: string | null;
  notes: string | null;
}

export interface GearRow extends GearFields {
  id: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A piece of gear, asked for by its owner: anyone else's is not there. */
export interface OwnedGear {
  ownerId: string;
  id: string;
}

/** A place in the order of end dates. */
export interface EndingGear {
  id: string;
  endsOn: string;
}

export const maxGearPerOwner = 10_000;

const lockOwnerSql = sql('marketplace/gear/lock-owner');
const insertSql = sql('marketplace/gear/insert');
const getSql = sql('marketplace/gear/get');
const lockSql = sql('marketplace/gear/lock');
const listSql = sql('marketplace/gear/list');
const countSql = sql('marketplace/gear/count');
const updateSql = sql('marketplace/gear/update');
const deleteSql = sql('marketplace/gear/delete');
// Planned at each run: the plan for a window of unknown width would sort the whole table for each page.
const pageOfEndingSql = sql('marketplace/gear/page-of-ending', { replan: true });
const firstId = '00000000-0000-0000-0000-000000000000';

/** Null if the owner has `maxGearPerOwner` of them. */
export async function insertGear(tx: Transaction, ownerId: string, fields: GearFields): Promise<GearRow | null> {
  // The lock comes in a statement of its own, so that the one that counts sees what an insert just before it has added.
  await tx.one(lockOwnerSql({ ownerId }));
  return tx.oneOrNone<GearRow>(insertSql({ ...fields, id: uuidV7(), ownerId, maxPerOwner: maxGearPerOwner }));
}

export function getGear(db: Connection, { ownerId, id }: OwnedGear): Promise<GearRow | null> {
  return db.oneOrNone<GearRow>(getSql({ ownerId, id }));
}

/** Holds a piece of gear, and so the number of what belongs to it, until the transaction ends. */
export function lockGear(tx: Transaction, { ownerId, id }: OwnedGear): Promise<GearRow | null> {
  return tx.oneOrNone<GearRow>(lockSql({ ownerId, id }));
}

/** Newest first, with the number of all. */
export async function listGear(
  db: Connection,
  ownerId: string,
  page: { limit: number; offset: number },
): Promise<{ gear: GearRow[]; total: number }> {
  const gear = await db.any<GearRow>(listSql({ ownerId, ...page }));
  const { total } = await db.one<{ total: number }>(countSql({ ownerId }));
  return { gear, total };
}

/** Writes all fields. Null if the owner has no such gear. */
export function updateGear(tx: Transaction, { ownerId, id }: OwnedGear, fields: GearFields): Promise<GearRow | null> {
  return tx.oneOrNone<GearRow>(updateSql({ ...fields, ownerId, id }));
}

/** Its documents, repairs and notices go with it; stored files are swept later. False if the owner has no such gear. */
export async function deleteGear(db: Connection, { ownerId, id }: OwnedGear): Promise<boolean> {
  return (await db.oneOrNone(deleteSql({ ownerId, id }))) !== null;
}

/** A page of the gear, anyone's, whose warranty ends on `from` … `to`, in the order of end dates and beyond `after`. */
export function listEndingGear(
  db: Connection,
  window: { from: string; to: string; after: EndingGear | null; limit: number },
): Promise<EndingGear[]> {
  const { endsOn, id } = window.after ?? { endsOn: window.from, id: firstId };
  return db.any<EndingGear>(
    pageOfEndingSql({ afterEndsOn: endsOn, afterId: id, lastDay: window.to, limit: window.limit }),
  );
}
