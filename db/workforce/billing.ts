import { assignmentStatusesBefore } from '../../shared/assignment-state.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { issueInvoice } from '../core/invoices.ts';
import { sql } from '../sql.ts';
import { type DueLine, writeWeekDocument } from './week-document.ts';
import type { WorkCause } from './notifications.ts';

/** A business's week of work, from a Monday (`yyyy-mm-dd`) on. */
export interface BusinessWeek {
  tenantId: string;
  businessId: string;
  weekStartsOn: string;
}

export interface WeekBill {
  /** Null where the week has its invoice, or nothing is left to bill. */
  invoiceId: string | null;
  /** Time-card lines billed. */
  lines: number;
  totalCents: number;
}

interface BilledBusiness {
  id: string;
  name: string;
  billingEmail: string | null;
  tenantName: string;
}

const unbilledWeeksSql = sql('workforce/time-card-lines/list-unbilled-weeks');
const lockBusinessSql = sql('workforce/businesses/lock');
const listDueSql = sql('workforce/time-card-lines/list-due');
const insertInvoiceSql = sql('workforce/invoices/insert');
const billLinesSql = sql('workforce/time-card-lines/bill');
const completeSql = sql('workforce/assignments/complete');
const setDocumentSql = sql('workforce/invoices/set-document');

/** The weeks up to one, of all businesses, that have work to be billed. */
export function listUnbilledWeeks(db: Connection, weekStartsOn: string): Promise<BusinessWeek[]> {
  return db.any<BusinessWeek>(unbilledWeeksSql({ weekStartsOn }));
}

/**
 * Bills a week to a business, once: the invoice, its frozen document with a number, the job that draws it; the work that it
 * bills is COMPLETED. A line that came late, for a week that has its invoice already, goes with this one. Under the lock of the
 * business, so that no line is billed twice. Throws `Fault('not_found')` for a business that the tenant hasn't.
 */
export async function billWeek(tx: Transaction, week: BusinessWeek, cause: WorkCause): Promise<WeekBill> {
  const { tenantId, businessId, weekStartsOn } = week;
  const business = await tx.oneOrNone<BilledBusiness>(lockBusinessSql({ tenantId, businessId }));
  if (!business) throw new Fault('not_found', 'There is no such business.');
  const lines = await tx.any<DueLine>(listDueSql({ tenantId, businessId, weekStartsOn }));
  const totalCents = lines.reduce((sum, line) => sum + line.amountCents, 0);
  const invoice =
    lines.length === 0
      ? null
      : await tx.oneOrNone<{ id: string; currency: string }>(
          insertInvoiceSql({ id: uuidV7(), tenantId, businessId, weekStartsOn, totalCents }),
        );
  if (!invoice) return { invoiceId: null, lines: 0, totalCents: 0 };
  const { id: invoiceId, currency } = invoice;
  const billed = await tx.any(billLinesSql({ tenantId, invoiceId, ids: lines.map(line => line.id) }));
  if (billed.length !== lines.length) throw new Error(`lines of ${businessId} were billed beside its lock`);
  const assignmentIds = lines.map(line => line.assignmentId);
  await tx.any(completeSql({ tenantId, ids: assignmentIds, from: assignmentStatusesBefore('COMPLETED') }));
  const write = writeWeekDocument(business, { weekStartsOn, currency, lines });
  // Last: the number's row keeps every other invoice of the issuer waiting until this transaction ends. The issuer is told by
  // its id: two tenants of one name count each for itself.
  const documentId = await issueInvoice(
    tx,
    {
      area: 'workforce',
      owner: `workforce/business/${businessId}`,
      kind: 'invoice',
      subject: invoiceId,
      issuer: `workforce/tenant/${tenantId}`,
      series: 'INV',
      write,
    },
    cause,
  );
  await tx.one(setDocumentSql({ tenantId, id: invoiceId, documentId }));
  return { invoiceId, lines: lines.length, totalCents };
}
