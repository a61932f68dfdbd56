import { z } from 'zod';
import {
  listBusinessAccounts,
  listCategorySpend,
  listWeeklyInvoices,
  sumSavings,
  sumUnbilled,
  type WeeklyInvoice,
} from '../../../db/workforce/billing-reads.ts';
import { type WeekInvoiceStatus, weekInvoiceStatuses } from '../../../db/workforce/invoices.ts';
import { addDays } from '../../../shared/warranty.ts';
import { defineRoute, type Route } from '../../route.ts';
import { answerIdList, businessKeyOf, clientRead, idPage, listQuery, listSchema } from '../client-read.ts';
import { allItems, allItemsSchema } from '../all-items.ts';
import { checkDayRange, dayRange } from '../day-range.ts';
import { percentOf, sumOf } from '../percent.ts';

const savingsDays = 365;

const invoiceSchema = z.strictObject({
  invoiceId: z.uuid(),
  invoiceNumber: z.string().nullable().describe('As printed'),
  status: z.enum(weekInvoiceStatuses),
  weekStartsOn: z.iso.date().describe('A Monday'),
  weekEndsOn: z.iso.date(),
  amountCents: z.int(),
  currency: z.string(),
  disputeReason: z.string().nullable(),
  issuedAt: z.iso.datetime(),
  approvedAt: z.iso.datetime().nullable(),
  disputedAt: z.iso.datetime().nullable(),
  paidAt: z.iso.datetime().nullable(),
  pdfUrl: z.string(),
});

const accounts = defineRoute({
  ...clientRead,
  path: '/client/billing/accounts',
  summary: 'The bank accounts of the business',
  query: listQuery,
  response: {
    200: listSchema(
      z.strictObject({
        accountId: z.uuid(),
        bankName: z.string(),
        accountNumberMasked: z.string().describe('Its last four digits'),
        routingNumber: z.string(),
        accountType: z.enum(['CHECKING', 'SAVINGS']),
        isPrimary: z.boolean(),
      }),
    ),
  },
  async handler({ actor, db, query }) {
    const rows = await listBusinessAccounts(db, businessKeyOf(actor), idPage(query));
    return answerIdList(rows, query, ({ id: accountId, accountLast4, ...account }) => ({
      accountId,
      accountNumberMasked: `••••${accountLast4}`,
      ...account,
    }));
  },
});

const listInvoices = (name: string, summary: string, statuses: readonly WeekInvoiceStatus[]): Route =>
  defineRoute({
    ...clientRead,
    path: `/client/billing/invoices/${name}`,
    summary,
    description: `Those that are ${statuses.join(' or ')}. Newest first.`,
    query: listQuery,
    response: { 200: listSchema(invoiceSchema) },
    async handler({ actor, db, query }) {
      const rows = await listWeeklyInvoices(db, businessKeyOf(actor), statuses, idPage(query));
      return answerIdList(rows, query, viewInvoice);
    },
  });

const currentBill = defineRoute({
  ...clientRead,
  path: '/client/billing/current-bill',
  summary: 'What the next invoice comes to so far',
  description:
    'All that was worked and clocked out and stands on no invoice yet: the running week, and earlier ones whose invoice is still to come. Invoices that wait for approval or payment are not in it.',
  response: { 200: z.strictObject({ currentBillCents: z.int() }) },
  async handler({ actor, db }) {
    return { status: 200, body: { currentBillCents: await sumUnbilled(db, businessKeyOf(actor)) } };
  },
});

const savings = defineRoute({
  ...clientRead,
  path: '/client/billing/savings',
  summary: 'How much less the work cost than at market rates',
  description: `Of the last ${savingsDays} days by the date in UTC, on invoices or not: each time card's minutes at the role's market rate, less what they cost.`,
  response: { 200: z.strictObject({ savingsCents: z.int() }) },
  async handler({ actor, db }) {
    return { status: 200, body: { savingsCents: await sumSavings(db, businessKeyOf(actor), savingsDays) } };
  },
});

const spendBreakdown = defineRoute({
  ...clientRead,
  path: '/client/billing/spend-breakdown',
  summary: 'What each kind of work cost',
  description:
    "By the time cards of these local dates, on invoices or not, by the roles' names; the dearest first. Percentages are rounded each by itself.",
  query: z.object(dayRange),
  response: {
    200: allItemsSchema(
      z.strictObject({
        category: z.string(),
        amountCents: z.int(),
        percentage: z.number().describe('Of the whole, with one decimal'),
      }),
    ),
  },
  async handler({ actor, db, query }) {
    const rows = await listCategorySpend(db, businessKeyOf(actor), checkDayRange(query));
    const wholeCents = sumOf(rows, row => row.amountCents);
    return {
      status: 200,
      body: allItems(rows.map(row => ({ ...row, percentage: percentOf(row.amountCents, wholeCents) ?? 0 }))),
    };
  },
});

export const clientBillingRoutes: readonly Route[] = [
  accounts,
  listInvoices('pending', 'Invoices that are to be approved, or are disputed', ['PENDING', 'DISPUTED']),
  listInvoices('history', 'Invoices that are decided', ['APPROVED', 'PAID', 'VOID']),
  currentBill,
  savings,
  spendBreakdown,
];

function viewInvoice(invoice: WeeklyInvoice): z.output<typeof invoiceSchema> {
  return {
    invoiceId: invoice.id,
    invoiceNumber: invoice.number,
    status: invoice.status,
    weekStartsOn: invoice.weekStartsOn,
    weekEndsOn: addDays(invoice.weekStartsOn, 6),
    amountCents: invoice.totalCents,
    currency: invoice.currency,
    disputeReason: invoice.disputeReason,
    issuedAt: invoice.createdAt.toISOString(),
    approvedAt: invoice.approvedAt?.toISOString() ?? null,
    disputedAt: invoice.disputedAt?.toISOString() ?? null,
    paidAt: invoice.paidAt?.toISOString() ?? null,
    pdfUrl: `/client/billing/invoices/${invoice.id}/pdf`,
  };
}
