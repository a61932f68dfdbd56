import { z } from 'zod';
import {
  findInvoiceEntry,
  type InvoiceCause,
  invoiceEntry,
  newestSubject,
} from '../../../db/fieldservice/entry-invoices.ts';
import { lockSends } from '../../../db/fieldservice/invoice-sends.ts';
import { channels } from '../../../db/fieldservice/notifications.ts';
import { sendInvoice } from '../../../db/fieldservice/send-invoice.ts';
import { Fault } from '../../../shared/fault.ts';
import { maxTextLength } from '../../../shared/ports/texter.ts';
import { replyWithInvoice } from '../../invoice-reply.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { anyMember, managers, memberActor } from '../actor.ts';

const params = z.object({ id: z.guid().transform(id => id.toLowerCase()) });

const send = defineRoute({
  method: 'POST',
  path: '/v1/invoices/:id/send',
  summary: 'Send an invoice to its client',
  description:
    "A finance entry of kind `invoiceClient`, by its id. One message per channel, in the channels' order; poll `/v1/notifications` for what becomes of them. A client who can't be reached over a channel makes that message `failed`, and no other. With the PDF the entry is invoiced as it stands, under a number of its own (422 `NOT_INVOICEABLE` where that can't be); the mail carries it, the others a link that is good for seven days. A tenant may send 10 a minute.",
  roles: managers,
  idempotency: 'honoured',
  faults: ['not_found', 'rate_limited'],
  params,
  body: z.object({
    channels: z
      .array(z.enum(channels))
      .min(1)
      .max(channels.length)
      .refine(named => new Set(named).size === named.length, 'each channel once'),
    message: z
      .string()
      .max(maxTextLength)
      .refine(text => text.trim() !== '', 'must say something'),
    includePdf: z.boolean().default(false),
  }),
  response: { 200: z.object({ status: z.literal('queued'), notificationIds: z.array(z.uuid()) }) },
  async handler(request) {
    const { actor, edge, transact, body } = request;
    const { tenant: tenantId, id: userId } = memberActor(actor);
    const { texter } = edge.ports;
    const rules = {
      phoneCountry: edge.config.phoneCountry,
      offers: (channel: 'sms' | 'whatsapp') => texter?.offers(channel) ?? false,
    };
    const order = { tenantId, userId, entryId: request.params.id, ...body };
    const notificationIds = await transact(tx => sendInvoice(tx, order, rules, causeOf(request)));
    return { status: 200, body: { status: 'queued', notificationIds } };
  },
});

const pdf = defineRoute({
  method: 'GET',
  path: '/v1/invoices/:id/pdf',
  summary: 'An invoice, as a PDF',
  description:
    'As it was last invoiced; an entry that never was is invoiced now. For managers; an employee is answered 404. While it is still being drawn the answer waits up to ten seconds; after that 202: ask again at `Location`.',
  roles: anyMember,
  idempotency: 'none',
  faults: ['not_found'],
  params,
  response: {
    200: { contentType: 'application/pdf', description: 'The same bytes each time' },
    202: z.object({ status: z.literal('queued'), message: z.string() }),
  },
  async handler(request) {
    const subject = await request.transact(async tx => {
      const { tenant, role } = memberActor(request.actor);
      const entry = role === 'manager' ? await findInvoiceEntry(tx, tenant, request.params.id) : null;
      if (!entry) throw new Fault('not_found', 'There is no such invoice.');
      const issued = await newestSubject(tx, entry);
      if (issued !== null) return issued;
      await lockSends(tx, tenant);
      return (await newestSubject(tx, entry)) ?? (await invoiceEntry(tx, entry, causeOf(request))).subject;
    });
    const about = { area: 'fieldservice', kind: 'invoice', subject } as const;
    const reply = await replyWithInvoice(request, about, () => ({
      location: `/v1/invoices/${request.params.id}/pdf`,
      body: { status: 'queued', message: 'The invoice is being drawn.' },
    }));
    if (!reply) throw new Fault('not_found', 'There is no such invoice.');
    return reply;
  },
});

function causeOf({ actor, requestId, traceparent: trace }: RouteRequest): InvoiceCause {
  return { owner: memberActor(actor).owner, requestId, trace };
}

export const invoiceRoutes: readonly Route[] = [send, pdf];
