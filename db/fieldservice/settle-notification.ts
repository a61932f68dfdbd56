import { invoicePdf } from '../../shared/jobs/invoice-pdf.ts';
import { notification } from '../../shared/jobs/notification.ts';
import { lockInvoice } from '../core/invoices.ts';
import { insertJobs } from '../insert-job.ts';
import type { Settler } from '../settle.ts';
import { forgetInviteToken } from './invites.ts';
import { failNotification, failWaiting, listWaiting, markSent } from './notifications.ts';

/** What the end of a `notification` job means for its row; other areas keep no account of theirs. */
export const settleNotification: Settler = async (tx, job, settlement) => {
  const { area, notificationId } = notification.payload.parse(job.payload);
  if (area !== 'fieldservice' || settlement.state === 'pending') return;
  if (settlement.state !== 'succeeded') return failNotification(tx, notificationId, settlement.fault.message);
  const { sent, why, providerMessageId } = notification.result.parse(settlement.result);
  if (why === 'gone') await failNotification(tx, notificationId, 'Nobody could use it any more.');
  const inviteId = sent ? await markSent(tx, notificationId, providerMessageId) : null;
  if (inviteId !== null) await forgetInviteToken(tx, inviteId);
};

/** What the end of an `invoice-pdf` job means for the messages that wait for the PDF. */
export const settleWaitingNotifications: Settler = async (tx, job, settlement) => {
  const { invoiceId } = invoicePdf.payload.parse(job.payload);
  if (settlement.state === 'pending') return;
  // Whoever is just adding one has looked whether the PDF is there: they come first or see what we wrote.
  await lockInvoice(tx, invoiceId);
  if (settlement.state !== 'succeeded')
    return failWaiting(tx, invoiceId, `The invoice’s PDF could not be made: ${settlement.fault.message}`);
  const waiting = await listWaiting(tx, invoiceId);
  const payloads = waiting.map(({ id }) => ({ area: 'fieldservice' as const, notificationId: id }));
  const { owner, requestId, trace } = job;
  await insertJobs(tx, notification, payloads, { owner, requestId, trace, tenant: waiting[0]?.tenantId ?? null });
};
