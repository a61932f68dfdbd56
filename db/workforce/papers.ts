import { uuidV7 } from '../../shared/uuid.ts';
import type { VerificationStatus } from '../../shared/verification-state.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { FileVisibility } from './files.ts';
import { lockStaff, type OwnStaff } from './staff-profile.ts';

/** A worker's document or piece of attire, or what a tenant asks for and has not got: all is null then but the item. */
export interface StaffItemRow extends Nullable<SentPaper> {
  id: string;
  code: string;
  name: string;
  description: string;
  required: boolean;
  /** What came with the file. */
  metadata: Record<string, unknown> | null;
}

export interface CertificateRow extends SentPaper {
  id: string;
  certificateType: string;
  name: string;
  issuer: string;
  number: string;
  /** yyyy-mm-dd */
  issuedOn: string | null;
  /** yyyy-mm-dd */
  expiresOn: string | null;
}

/** The stored file of a paper, and how its verification stands. */
export interface SentPaper {
  uploadedAt: Date;
  storageKey: string;
  visibility: FileVisibility;
  contentType: string;
  sizeBytes: number;
  verificationId: string | null;
  status: VerificationStatus | null;
}
type Nullable<Row> = { [Name in keyof Row]: Row[Name] | null };

export type ItemKind = 'DOCUMENT' | 'ATTIRE';

/** A file in the place of an item, and its verification. */
export interface NewPaper {
  fileId: string;
  verificationId: string;
}

export const maxCertificates = 50;

const listItemsSql = sql('workforce/required-items/list-own', { replan: true });
const putItemSql = sql('workforce/staff-items/put');
const listCertificatesSql = sql('workforce/certificates/list', { replan: true });
const putCertificateSql = sql('workforce/certificates/put');
const deleteCertificateSql = sql('workforce/certificates/delete');

/** What the tenant asks for, the required ones first, with what the worker has sent in. */
export function listStaffItems(db: Connection, own: OwnStaff, kind: ItemKind): Promise<StaffItemRow[]> {
  return db.any<StaffItemRow>(listItemsSql({ ...own, kind, itemId: null }));
}

export function getStaffItem(db: Connection, own: OwnStaff, kind: ItemKind, id: string): Promise<StaffItemRow | null> {
  return db.oneOrNone<StaffItemRow>(listItemsSql({ ...own, kind, itemId: id }));
}

/** Puts a file in an item's place, instead of the one before. */
export async function putStaffItem(
  tx: Transaction,
  own: OwnStaff,
  item: NewPaper & { itemId: string; metadata: Record<string, unknown> },
): Promise<void> {
  await tx.one(putItemSql({ ...own, ...item, metadata: JSON.stringify(item.metadata) }));
}

/** Newest first. */
export function listCertificates(db: Connection, own: OwnStaff): Promise<CertificateRow[]> {
  return db.any<CertificateRow>(listCertificatesSql({ ...own, certificateType: null }));
}

/** A new certificate, in the place of the one of its type, if there is one. Null if there are `maxCertificates` of other types. */
export async function putCertificate(
  tx: Transaction,
  own: OwnStaff,
  certificate: NewPaper &
    Pick<CertificateRow, 'certificateType' | 'name' | 'issuer' | 'number' | 'issuedOn' | 'expiresOn'>,
): Promise<CertificateRow | null> {
  await lockStaff(tx, own);
  const { certificateType } = certificate;
  const put = await tx.oneOrNone(putCertificateSql({ ...own, ...certificate, id: uuidV7(), maxCertificates }));
  return put === null ? null : tx.one<CertificateRow>(listCertificatesSql({ ...own, certificateType }));
}

/** False if there is none of this type. Its file and what was found in it stay. */
export async function deleteCertificate(db: Connection, own: OwnStaff, certificateType: string): Promise<boolean> {
  return (await db.oneOrNone(deleteCertificateSql({ ...own, certificateType }))) !== null;
}
