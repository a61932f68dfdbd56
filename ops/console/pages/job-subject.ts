import type { Connection } from '../../../db/connect.ts';
import { getInvoice } from '../../../db/core/invoices.ts';
import type { JobRow } from '../../../db/core/jobs.ts';
import { openNotification } from '../../../db/fieldservice/notifications.ts';
import { getExport } from '../../../db/marketplace/exports.ts';
import { getPaymentEvent } from '../../../db/marketplace/payment-events.ts';
import { getRefund } from '../../../db/marketplace/refunds.ts';
import { describeTransfer } from '../../../db/marketplace/transfer-search.ts';
import { openStaffNotification } from '../../../db/workforce/notifications.ts';
import { describeVerification } from '../../../db/workforce/verification-search.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { isUuid } from '../../../shared/uuid.ts';
import { minorDigitsOf } from '../../../shared/money.ts';
import { money, moment } from '../words.ts';

/** What a job is about: its facts, by their names. */
export type Subject = Record<string, string | Markup | null>;

/** The domain row of a job, by its kind; null for a kind without one, or where the row is gone. */
export async function findSubject(
  db: Connection,
  { kind, payload, result }: Pick<JobRow, 'kind' | 'payload' | 'result'>,
): Promise<Subject | null> {
  const id = (name: string) => idIn(payload, name);
  switch (kind) {
    case 'transfer':
    case 'transfer-reversal':
      return aboutTransfer(db, id('transferId'));
    case 'refund':
      return aboutRefund(db, id('refundId'));
    case 'payment-event':
      return aboutPaymentEvent(db, id('eventId'));
    case 'invoice-pdf':
      return aboutInvoice(db, id('invoiceId'));
    case 'export':
      return aboutExport(db, id('exportId'));
    case 'verification':
      return aboutVerification(db, id('verificationId'));
    case 'notification':
      return aboutNotification(db, id('notificationId'), { payload, result });
    default:
      return null;
  }
}

const nobody = '00000000-0000-0000-0000-000000000000';

async function aboutTransfer(db: Connection, id: string): Promise<Subject | null> {
  const row = await describeTransfer(db, id);
  return (
    row && {
      Transfer: html`<a href="/transfers/${id}">${amount(row.amountCents, row.currency)} to ${row.sellerName}</a>`,
      Status: row.status.replaceAll('_', ' '),
      Order: html`<a href="/transfers?order=${row.orderId}"><code>${row.orderId}</code></a> ${row.orderStatus.replaceAll('_', ' ')}, ${amount(row.orderTotalCents, row.currency)}`,
      'At Stripe': code(row.providerTransferId ?? 'not paid yet'),
      'Reversal at Stripe': row.providerReversalId && code(row.providerReversalId),
      Account: row.accountId && code(row.accountId),
    }
  );
}

async function aboutRefund(db: Connection, id: string): Promise<Subject | null> {
  const row = await getRefund(db, id);
  return (
    row && {
      Refund: `${amount(row.amountCents, row.currency)}: ${row.reason}`,
      Status: row.failure === null ? row.status : `${row.status}: ${row.failure}`,
      Order: html`<a href="/transfers?order=${row.orderId}"><code>${row.orderId}</code></a>`,
      'At the provider': code(row.refundId),
    }
  );
}

async function aboutPaymentEvent(db: Connection, id: string): Promise<Subject | null> {
  const row = await getPaymentEvent(db, id);
  return (
    row && {
      Webhook: row.eventType,
      Status: row.handledAt === null ? 'not acted on yet' : html`${row.outcome} at ${moment(row.handledAt)}`,
      Received: html`${moment(row.receivedAt)}, ${row.deliveries} ${row.deliveries === 1 ? 'delivery' : 'deliveries'}`,
      'At the provider': code(row.eventKey),
    }
  );
}

async function aboutInvoice(db: Connection, id: string): Promise<Subject | null> {
  const row = await getInvoice(db, id);
  return (
    row && {
      [row.kind === 'invoice' ? 'Invoice' : 'Credit note']: `${row.label}, of ${row.area}`,
      Status: row.renderedAt === null ? 'not drawn yet' : html`drawn ${moment(row.renderedAt)}`,
      Owner: code(row.owner),
      File: row.fileKey && code(row.fileKey),
    }
  );
}

async function aboutExport(db: Connection, id: string): Promise<Subject | null> {
  const row = await getExport(db, id);
  return (
    row && {
      Export: html`of user <code>${row.userId}</code>, asked for ${moment(row.createdAt)}`,
      Status: row.status,
      File: row.fileKey && code(row.fileKey),
    }
  );
}

async function aboutVerification(db: Connection, id: string): Promise<Subject | null> {
  const row = await describeVerification(db, id);
  return (
    row && {
      Verification: html`<a href="/verifications/${id}">${row.type.replaceAll('_', ' ')} in ${row.tenantName}</a>`,
      Status: row.status,
    }
  );
}

async function aboutNotification(
  db: Connection,
  id: string,
  { payload, result }: Pick<JobRow, 'payload' | 'result'>,
): Promise<Subject | null> {
  const sentAs = code(textIn(result, 'providerMessageId') ?? 'not sent yet');
  if (textIn(payload, 'area') === 'fieldservice') {
    const row = await openNotification(db, id);
    return (
      row && {
        Notification: `${row.channel} to ${row.recipient}: ${row.subject}`,
        Status: row.status,
        Invoice: row.invoiceLabel,
        'At the provider': sentAs,
      }
    );
  }
  const row = await openStaffNotification(db, id);
  return (
    row && { Notification: `${row.title}, to ${row.email ?? 'nobody: no address is known'}`, 'At the provider': sentAs }
  );
}

function amount(cents: number, currency: string): string {
  return money(cents, currency, minorDigitsOf(currency));
}

function code(text: string): Markup {
  return html`<code>${text}</code>`;
}

/** A field of a payload, which may be of a version that has none such. */
function idIn(payload: unknown, name: string): string {
  const id = textIn(payload, name);
  return id !== null && isUuid(id) ? id : nobody;
}

function textIn(value: unknown, name: string): string | null {
  const field = (value as Record<string, unknown> | null)?.[name];
  return typeof field === 'string' ? field : null;
}
