import { Fault } from '../../shared/fault.ts';
import { invoicePdf } from '../../shared/jobs/invoice-pdf.ts';
import { notification } from '../../shared/jobs/notification.ts';
import { channelNames, type TextChannel } from '../../shared/ports/texter.ts';
import type { Transaction } from '../connect.ts';
import { lockInvoice } from '../core/invoices.ts';
import { findLiveJob } from '../core/jobs.ts';
import { insertJob, insertJobs } from '../insert-job.ts';
import { findInvoiceEntry, type InvoiceCause, invoiceEntry, type InvoiceEntry } from './entry-invoices.ts';
import { recordSend } from './invoice-sends.ts';
import { addSendNotification, type Channel } from './notifications.ts';
import { type Recipient, recipientOf } from './recipients.ts';

export interface InvoiceSend {
  tenantId: string;
  entryId: string;
  userId: string;
  channels: readonly Channel[];
  message: string;
  includePdf: boolean;
}

/** What an installation can send, and where it is. */
export interface SendRules {
  phoneCountry: string;
  offers: (channel: TextChannel) => boolean;
}

/**
 * Sends an invoice: a notification for each channel, in their order, and its job. One that can't be sent fails at once, by
 * itself; those with the PDF wait until it is drawn. Throws `Fault`: `not_found`, `rate_limited`, and with the PDF
 * `unprocessable`.
 */
export async function sendInvoice(
  tx: Transaction,
  send: InvoiceSend,
  rules: SendRules,
  cause: InvoiceCause,
): Promise<string[]> {
  const { tenantId, entryId, userId, channels, message: body, includePdf } = send;
  const entry = await findInvoiceEntry(tx, tenantId, entryId);
  if (!entry) throw new Fault('not_found', 'There is no such invoice.');
  const sendId = await recordSend(tx, { tenantId, entryId, userId });
  const recipients = channels.map(channel => ({ channel, ...reach(channel, entry, rules) }));
  const reached = recipients.some(({ error }) => error === null);
  const invoice = includePdf && reached ? await invoiceToSend(tx, entry, cause) : null;
  const subject = subjectOf(entry, invoice?.label ?? null);
  const ids: string[] = [];
  const ready: string[] = [];
  for (const { channel, recipient, error } of recipients) {
    const invoiceId = invoice?.id ?? null;
    const id = await addSendNotification(tx, {
      tenantId,
      sendId,
      channel,
      recipient,
      subject,
      body,
      invoiceId,
      error,
    });
    ids.push(id);
    if (error === null && (invoice?.drawn ?? true)) ready.push(id);
  }
  const payloads = ready.map(notificationId => ({ area: 'fieldservice' as const, notificationId }));
  await insertJobs(tx, notification, payloads, { ...cause, tenant: tenantId });
  return ids;
}

function reach(channel: Channel, { client }: InvoiceEntry, { phoneCountry, offers }: SendRules): Recipient {
  if (channel !== 'email' && !offers(channel))
    return { recipient: null, error: `${channelNames[channel]} is not set up here.` };
  return recipientOf(channel, client, phoneCountry);
}

/**
 * The entry's invoice, and whether its PDF is there. If not, a job draws it whose end lets go those that wait: the row's lock
 * keeps it from ending between our look and our commit.
 */
async function invoiceToSend(
  tx: Transaction,
  entry: InvoiceEntry,
  cause: InvoiceCause,
): Promise<{ id: string; label: string; drawn: boolean }> {
  const { id, label, isNew } = await invoiceEntry(tx, entry, cause);
  if (isNew) return { id, label, drawn: false };
  const row = await lockInvoice(tx, id);
  const drawn = row !== null && row.fileKey !== null;
  // A job that a live one stands in the way of must not be tried for: it would wait for that one's end, which waits for us.
  const payload = { invoiceId: id };
  if (!drawn && !(await findLiveJob(tx, invoicePdf.uniqueKey?.(payload, cause.owner) ?? '')))
    await insertJob(tx, invoicePdf, payload, cause);
  return { id, label, drawn };
}

/** One line, whatever people call things. */
function subjectOf({ title, tenantName }: InvoiceEntry, label: string | null): string {
  const what = label === null ? 'Invoice' : `Invoice ${label}`;
  return `${what} from ${tenantName}: ${title}`
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, 200)
    .toWellFormed();
}
