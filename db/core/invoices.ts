import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { invoicePdf } from '../../shared/jobs/invoice-pdf.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { insertJob } from '../insert-job.ts';
import { sql } from '../sql.ts';

/** An invoice or credit note, of whatever area. */
export interface InvoiceRow {
  id: string;
  area: string;
  /** Who may read it. */
  owner: string;
  kind: 'invoice' | 'credit_note';
  subject: string;
  issuer: string;
  series: string;
  year: number;
  number: number;
  /** The number as printed. */
  label: string;
  document: InvoiceDocument;
  /** Null until its PDF is stored. */
  fileKey: string | null;
  sha256: string | null;
  sizeBytes: number | null;
  renderedAt: Date | null;
  createdAt: Date;
}

export interface NewInvoice {
  area: 'marketplace' | 'workforce' | 'fieldservice';
  owner: string;
  kind: InvoiceRow['kind'];
  /** What it is about: an order's or a refund's id. */
  subject: string;
  issuer: string;
  /** Begins the printed number: `INV`, `CN`. */
  series: string;
  /** What it says, once its number and its day (yyyy-mm-dd, UTC) are known. */
  write: (given: { number: string; issuedOn: string }) => InvoiceDocument;
}

const takeNumberSql = sql('core/invoice-numbers/take');
const insertSql = sql('core/invoices/insert');
const getSql = sql('core/invoices/get');
const findSql = sql('core/invoices/find');
const labelsSql = sql('core/invoices/labels');
const lockSql = sql('core/invoices/lock');
const keepFileSql = sql('core/invoices/keep-file');

/**
 * Gives an invoice the next number of its issuer, series and year, freezes what it says, and makes the job that renders it.
 * Call it last in a transaction: until that ends, nobody else gets a number of the series, which is what leaves no gaps.
 */
export async function issueInvoice(
  tx: Transaction,
  invoice: NewInvoice,
  cause: { requestId: string; trace?: string | null; tenant?: string | null },
): Promise<string> {
  const { write, ...facts } = invoice;
  const id = uuidV7();
  const { year, number, issuedOn } = await tx.one<{ year: number; number: number; issuedOn: string }>(
    takeNumberSql({ issuer: invoice.issuer, series: invoice.series }),
  );
  const label = `${invoice.series}-${year}-${String(number).padStart(6, '0')}`;
  const document = JSON.stringify(write({ number: label, issuedOn }));
  await tx.one(insertSql({ ...facts, id, year, number, label, document }));
  await insertJob(tx, invoicePdf, { invoiceId: id }, { owner: invoice.owner, ...cause });
  return id;
}

export function getInvoice(db: Connection, id: string): Promise<InvoiceRow | null> {
  return db.oneOrNone<InvoiceRow>(getSql({ id }));
}

/** The invoice about something, if there is one. */
export function findInvoice(
  db: Connection,
  about: Pick<InvoiceRow, 'area' | 'kind' | 'subject'>,
): Promise<InvoiceRow | null> {
  return db.oneOrNone<InvoiceRow>(findSql({ ...about }));
}

/** The printed numbers of the invoices about some things. */
export function listInvoiceLabels(
  db: Connection,
  about: { area: string; kind: InvoiceRow['kind']; subjects: readonly string[] },
): Promise<{ subject: string; label: string; createdAt: Date }[]> {
  return db.any(labelsSql({ ...about }));
}

/** Nobody says where the PDF is until the transaction has ended. Null if there is no such invoice. */
export function lockInvoice(tx: Transaction, id: string): Promise<Pick<InvoiceRow, 'fileKey'> | null> {
  return tx.oneOrNone(lockSql({ id }));
}

/** Where the PDF is. The first file stays the invoice's for good. */
export async function keepInvoiceFile(
  tx: Connection,
  id: string,
  file: { fileKey: string; sha256: string; sizeBytes: number },
): Promise<void> {
  await tx.oneOrNone(keepFileSql({ id, ...file }));
}
