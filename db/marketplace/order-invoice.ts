import { invoiceTotals, type InvoiceDocument } from '../../shared/invoice-document.ts';
import type { Transaction } from '../connect.ts';
import { findInvoice, issueInvoice } from '../core/invoices.ts';
import type { Issuer, OrderCause } from './order-rules.ts';
import type { OrderLineRow, OrderRow } from './orders.ts';
import type { RefundRow } from './refunds.ts';
import { getUser } from './users.ts';

const area = 'marketplace';

/** Issues the invoice of an order that has just been paid. One per order: the schema refuses a second. */
export async function issueOrderInvoice(
  tx: Transaction,
  { order, lines }: { order: OrderRow; lines: readonly OrderLineRow[] },
  issuer: Issuer,
  cause: OrderCause,
): Promise<void> {
  const buyer = await getUser(tx, order.buyerId);
  if (!buyer) throw new Error(`order ${order.id} has no buyer`);
  const written = lines.map(line => ({
    description: line.title,
    sellerName: line.sellerName,
    quantity: line.quantity,
    unitGrossCents: line.unitCents,
    grossCents: line.grossCents,
    taxRate: line.taxRate,
  }));
  const owner = `${area}/${order.buyerId}`;
  const facts = { area, owner, kind: 'invoice', subject: order.id, issuer: issuer.name, series: 'INV' } as const;
  const write = ({ number, issuedOn }: { number: string; issuedOn: string }): InvoiceDocument => ({
    kind: 'invoice',
    number,
    issuedOn,
    suppliedOn: issuedOn,
    currency: order.currency,
    locale: 'en',
    issuer,
    buyer: { name: buyer.username, addressLines: [], email: buyer.email },
    lines: written,
    ...invoiceTotals(written),
    paid: { on: issuedOn, method: order.paymentMethod, reference: order.paymentId ?? order.id },
    notes: ['The platform issues this invoice in the name of the sellers named at its lines.'],
  });
  await issueInvoice(tx, { ...facts, write }, cause);
}

/** Issues the credit note of a refund that has been paid out; nothing for an order that was never invoiced. */
export async function issueCreditNote(tx: Transaction, refund: RefundRow, cause: OrderCause): Promise<void> {
  const invoice = await findInvoice(tx, { area, kind: 'invoice', subject: refund.orderId });
  if (!invoice) return;
  const { owner, issuer, document, label } = invoice;
  const facts = { area, owner, kind: 'credit_note', subject: refund.id, issuer, series: 'CN' } as const;
  const write = ({ number, issuedOn }: { number: string; issuedOn: string }): InvoiceDocument => ({
    ...document,
    kind: 'credit_note',
    number,
    issuedOn,
    corrects: label,
    reason: refund.reason,
    paid: { on: issuedOn, method: document.paid?.method ?? 'refund', reference: refund.refundId },
    notes: [],
  });
  await issueInvoice(tx, { ...facts, write }, cause);
}
