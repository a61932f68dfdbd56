import { openStaffNotification } from '../../db/workforce/notifications.ts';
import type { ResultOf } from '../../shared/job.ts';
import type { notification as spec } from '../../shared/jobs/notification.ts';
import type { Handler, RemoteContext } from '../handler.ts';
import type { InviteMailConfig } from '../invite-mail.ts';
import { sendFieldNotification } from '../send-field-notification.ts';
import { sendMail } from '../send-mail.ts';

/** Sends what a notification says. */
export function notification(config: InviteMailConfig): Handler<typeof spec, 'mailer' | 'texter' | 'files'> {
  return (ctx, { area, notificationId }) =>
    area === 'workforce' ? mailStaff(ctx, notificationId) : sendFieldNotification(ctx, notificationId, config);
}

/** A try that is cut off is repeated under the same Message-ID, by which receivers drop it. */
async function mailStaff(ctx: RemoteContext<'mailer'>, notificationId: string): Promise<ResultOf<typeof spec>> {
  const open = await ctx.transact(tx => openStaffNotification(tx, notificationId));
  if (!open) return { sent: false, why: 'gone', providerMessageId: null };
  const { title: subject, body: text, email: to } = open;
  if (to === null) return { sent: false, why: 'no_address', providerMessageId: null };
  const { messageId } = await sendMail(ctx, { to, subject, text, onceKey: `notification:${notificationId}` });
  return { sent: true, why: null, providerMessageId: messageId };
}
