import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { lockGear, type OwnedGear } from './gear.ts';

export const gearDocumentTypes = ['invoice', 'manual', 'warranty', 'other'] as const;

export interface NewGearDocument {
  type: (typeof gearDocumentTypes)[number];
  filename: string;
  mimeType: string;
  sizeBytes: number;
  /** In hex. */
  sha256: string;
  storageKey: string;
}

export interface GearDocumentRow extends NewGearDocument {
  id: string;
  gearId: string;
  createdAt: Date;
}

export const maxDocumentsPerGear = 200;

const insertSql = sql('marketplace/gear-documents/insert');
const listSql = sql('marketplace/gear-documents/list');
const countSql = sql('marketplace/gear-documents/count');
const getSql = sql('marketplace/gear-documents/get');
const deleteSql = sql('marketplace/gear-documents/delete');

/** `no_gear`: the owner has no such gear; `full`: it has `maxDocumentsPerGear` documents. */
export async function insertGearDocument(
  tx: Transaction,
  gear: OwnedGear,
  document: NewGearDocument,
): Promise<GearDocumentRow | 'no_gear' | 'full'> {
  if (!(await lockGear(tx, gear))) return 'no_gear';
  const row = insertSql({ ...document, id: uuidV7(), gearId: gear.id, maxPerGear: maxDocumentsPerGear });
  return (await tx.oneOrNone<GearDocumentRow>(row)) ?? 'full';
}

/** Newest first, with the number of all. */
export async function listGearDocuments(
  db: Connection,
  gear: OwnedGear,
  page: { limit: number; offset: number },
): Promise<{ documents: GearDocumentRow[]; total: number }> {
  const named = { ownerId: gear.ownerId, gearId: gear.id };
  const documents = await db.any<GearDocumentRow>(listSql({ ...named, ...page }));
  const { total } = await db.one<{ total: number }>(countSql(named));
  return { documents, total };
}

export function getGearDocument(db: Connection, gear: OwnedGear, id: string): Promise<GearDocumentRow | null> {
  return db.oneOrNone<GearDocumentRow>(getSql({ ownerId: gear.ownerId, gearId: gear.id, id }));
}

/** Takes the row away; the stored file is swept later. False if the owner's gear has no such document. */
export async function deleteGearDocument(db: Connection, gear: OwnedGear, id: string): Promise<boolean> {
  return (await db.oneOrNone(deleteSql({ ownerId: gear.ownerId, gearId: gear.id, id }))) !== null;
}
