import { z } from 'zod';
import { approveInvoice, disputeInvoice, getWeekInvoice, type OwnedInvoice } from '../../../db/workforce/invoices.ts';
import { Fault } from '../../../shared/fault.ts';
import { replyWithInvoice } from '../../invoice-reply.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { clientActor } from '../actor.ts';
import { clientCommand } from '../client-command.ts';
import { invoiceStandingSchema, viewInvoiceStanding } from '../invoice-view.ts';

const params = z.object({ invoiceId: z.uuid() });
const deciding = {
  ...clientCommand,
  method: 'POST',
  params,
  response: { 200: invoiceStandingSchema },
} as const;

const approve = defineRoute({
  ...deciding,
  path: '/client/billing/invoices/:invoiceId/approve',
  summary: 'Approve an invoice',
  description: 'One that is open or disputed; 409 `INVALID_INVOICE_STATE` for another.',
  body: z.strictObject({}).optional(),
  async handler(request) {
    const invoice = await request.transact(tx => approveInvoice(tx, ownedInvoice(request)));
    return { status: 200, body: viewInvoiceStanding(invoice) };
  },
});

const dispute = defineRoute({
  ...deciding,
  path: '/client/billing/invoices/:invoiceId/dispute',
  summary: 'Dispute an invoice',
  description: 'One that is open; 409 `INVALID_INVOICE_STATE` for another.',
  body: z.strictObject({ reason: z.string().trim().min(1).max(1_000) }),
  async handler(request) {
    const { reason } = request.body;
    const invoice = await request.transact(tx => disputeInvoice(tx, ownedInvoice(request), reason));
    return { status: 200, body: viewInvoiceStanding(invoice) };
  },
});

const pdf = defineRoute({
  method: 'GET',
  params,
  roles: clientCommand.roles,
  path: '/client/billing/invoices/:invoiceId/pdf',
  summary: 'An invoice, as a PDF',
  description:
    'Made with the invoice. While it is still being drawn the answer waits up to ten seconds; after that 202: ask again at `Location`.',
  idempotency: 'none',
  response: {
    200: { contentType: 'application/pdf', description: 'The same bytes each time' },
    202: z.strictObject({ invoiceId: z.uuid(), message: z.string() }),
  },
  async handler(request) {
    const { id } = await getWeekInvoice(request.db, ownedInvoice(request));
    const about = { area: 'workforce', kind: 'invoice', subject: id } as const;
    const reply = await replyWithInvoice(request, about, () => ({
      location: `/client/billing/invoices/${id}/pdf`,
      body: { invoiceId: id, message: 'The invoice is being drawn.' },
    }));
    if (!reply) throw new Fault('not_found', 'This invoice has no document.', { reason: 'NO_DOCUMENT' });
    return reply;
  },
});

function ownedInvoice({ actor, params: { invoiceId: id } }: RouteRequest<z.output<typeof params>>): OwnedInvoice {
  const { tenant: tenantId, businessId } = clientActor(actor);
  return { tenantId, businessId, id };
}

export const clientInvoiceRoutes: readonly Route[] = [approve, dispute, pdf];
