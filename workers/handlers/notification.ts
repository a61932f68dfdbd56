import { openStaffNotification } from '../../db/workforce/notifications.ts';
import type { notification as spec } from '../../shared/jobs/notification.ts';
import type { Handler } from '../handler.ts';
import { sendMail } from '../send-mail.ts';

/** Sends what a notification says. A try that is cut off is repeated under the same Message-ID, by which receivers drop it. */
export const notification: Handler<typeof spec, 'mailer'> = async (ctx, { notificationId }) => {
  const open = await ctx.transact(tx => openStaffNotification(tx, notificationId));
  if (!open) return { sent: false, why: 'gone' };
  const { title: subject, body: text, email: to } = open;
  if (to === null) return { sent: false, why: 'no_address' };
  await sendMail(ctx, { to, subject, text, onceKey: `notification:${notificationId}` });
  return { sent: true, why: null };
};
