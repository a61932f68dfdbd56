import { z } from 'zod';
import { getOwnOrder } from '../../../db/marketplace/orders.ts';
import { listStandingRefunds } from '../../../db/marketplace/refunds.ts';
import { Fault } from '../../../shared/fault.ts';
import { replyWithInvoice } from '../../invoice-reply.ts';
import { defineRoute, type Route } from '../../route.ts';

const area = 'marketplace';
const pdf = { contentType: 'application/pdf', description: 'The same bytes each time' };
const shared = {
  method: 'GET',
  roles: ['marketplace:user'],
  idempotency: 'none',
  params: z.object({ id: z.uuid() }),
  faults: ['conflict'],
  response: { 200: pdf, 202: z.strictObject({ message: z.string(), job_id: z.uuid() }) },
} as const;

const invoice = defineRoute({
  ...shared,
  path: '/api/v1/marketplace/orders/:id/invoice',
  summary: 'The invoice of an order, as a PDF',
  description:
    'Made when the order is paid. While it is still being drawn the answer waits up to ten seconds; after that 202, with the job in `Location`. 409 for an order that was never paid.',
  async handler(request) {
    const order = await getOwnOrder(request.db, request.actor!.id, request.params.id);
    if (!order) throw new Fault('not_found', 'There is no such order.');
    const reply = await replyWithInvoice(request, { area, kind: 'invoice', subject: order.id }, later);
    if (!reply) throw new Fault('conflict', 'The order has not been paid.', { reason: 'not_paid' });
    return reply;
  },
});

const creditNote = defineRoute({
  ...shared,
  path: '/api/v1/marketplace/orders/:id/credit-note',
  summary: "The credit note of an order's refund, as a PDF",
  description: 'Made when the refund is settled; 409 before. As for the invoice, which itself never changes.',
  async handler(request) {
    const order = await getOwnOrder(request.db, request.actor!.id, request.params.id);
    if (!order) throw new Fault('not_found', 'There is no such order.');
    const [refund] = await listStandingRefunds(request.db, [order.id]);
    const reply = refund && (await replyWithInvoice(request, { area, kind: 'credit_note', subject: refund.id }, later));
    if (!reply) throw new Fault('conflict', 'The order has not been refunded.', { reason: 'not_refunded' });
    return reply;
  },
});

function later(jobId: string) {
  return { location: `/jobs/${jobId}`, body: { message: 'The invoice is being drawn.', job_id: jobId } };
}

export const invoiceRoutes: readonly Route[] = [invoice, creditNote];
