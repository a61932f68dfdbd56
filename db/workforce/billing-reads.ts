import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { BusinessKey } from './business-key.ts';
import type { IdPage } from './directory.ts';
import type { WeekInvoiceStatus } from './invoices.ts';

export interface BusinessAccount {
  id: string;
  bankName: string;
  accountLast4: string;
  routingNumber: string;
  accountType: 'CHECKING' | 'SAVINGS';
  isPrimary: boolean;
}

export interface WeeklyInvoice {
  id: string;
  /** As printed; null while it has none. */
  number: string | null;
  /** A Monday. */
  weekStartsOn: string;
  status: WeekInvoiceStatus;
  currency: string;
  totalCents: number;
  disputeReason: string | null;
  approvedAt: Date | null;
  disputedAt: Date | null;
  paidAt: Date | null;
  createdAt: Date;
}

export interface CategorySpend {
  /** The role's name. */
  category: string;
  amountCents: number;
}

const accountsSql = sql('workforce/billing-reads/accounts', { replan: true });
const invoicesSql = sql('workforce/billing-reads/invoices', { replan: true });
const unbilledSql = sql('workforce/billing-reads/unbilled', { replan: true });
const savingsSql = sql('workforce/billing-reads/savings', { replan: true });
const categoriesSql = sql('workforce/billing-reads/categories', { replan: true });

export function listBusinessAccounts(db: Connection, business: BusinessKey, page: IdPage): Promise<BusinessAccount[]> {
  return db.any<BusinessAccount>(accountsSql({ ...business, ...page }));
}

export function listWeeklyInvoices(
  db: Connection,
  business: BusinessKey,
  statuses: readonly WeekInvoiceStatus[],
  page: IdPage,
): Promise<WeeklyInvoice[]> {
  return db.any<WeeklyInvoice>(invoicesSql({ ...business, ...page, statuses }));
}

/** In cents: all that was worked and stands on no invoice yet. */
export async function sumUnbilled(db: Connection, business: BusinessKey): Promise<number> {
  const { cents } = await db.one<{ cents: number }>(unbilledSql({ ...business }));
  return cents;
}

/** In cents: how much less than at market rates the work of so many days, today included, cost. */
export async function sumSavings(db: Connection, business: BusinessKey, days: number): Promise<number> {
  const { cents } = await db.one<{ cents: number }>(savingsSql({ ...business, days }));
  return cents;
}

/** What each kind of work cost in some local dates, both included; the dearest first. */
export function listCategorySpend(
  db: Connection,
  business: BusinessKey,
  days: { startDate: string; endDate: string },
): Promise<CategorySpend[]> {
  return db.any<CategorySpend>(categoriesSql({ ...business, startDate: days.startDate, endDate: days.endDate }));
}
