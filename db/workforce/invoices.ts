import { Fault } from '../../shared/fault.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export const weekInvoiceStatuses = ['PENDING', 'APPROVED', 'DISPUTED', 'PAID', 'VOID'] as const;
export type WeekInvoiceStatus = (typeof weekInvoiceStatuses)[number];

/** A client's invoice for a week, and whose it is. */
export interface OwnedInvoice {
  tenantId: string;
  businessId: string;
  id: string;
}

/** How an invoice stands. */
export interface InvoiceStanding {
  id: string;
  status: WeekInvoiceStatus;
}

const getSql = sql('workforce/invoices/get');
const approveSql = sql('workforce/invoices/approve');
const disputeSql = sql('workforce/invoices/dispute');

/** Throws `Fault('not_found')`. */
export async function getWeekInvoice(db: Connection, owned: OwnedInvoice): Promise<InvoiceStanding> {
  const invoice = await db.oneOrNone<InvoiceStanding>(getSql({ ...owned }));
  if (!invoice) throw new Fault('not_found', 'There is no such invoice.', { reason: 'INVOICE_NOT_FOUND' });
  return invoice;
}

/** Approves an invoice that is open, or whose dispute has come to an end. Throws `Fault`: `not_found`, `conflict` from another status. */
export async function approveInvoice(tx: Transaction, owned: OwnedInvoice): Promise<InvoiceStanding> {
  return (await tx.oneOrNone<InvoiceStanding>(approveSql({ ...owned }))) ?? refuse(tx, owned);
}

/** Disputes an invoice that is open. Throws `Fault`: `not_found`, `conflict` from another status. */
export async function disputeInvoice(tx: Transaction, owned: OwnedInvoice, reason: string): Promise<InvoiceStanding> {
  return (await tx.oneOrNone<InvoiceStanding>(disputeSql({ ...owned, reason }))) ?? refuse(tx, owned);
}

async function refuse(db: Connection, owned: OwnedInvoice): Promise<never> {
  const { status } = await getWeekInvoice(db, owned);
  throw new Fault('conflict', `The invoice is ${status}.`, { reason: 'INVALID_INVOICE_STATE', details: { status } });
}
