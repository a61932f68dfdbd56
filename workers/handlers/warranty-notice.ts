import type { Transaction } from '../../db/connect.ts';
import { notify } from '../../db/marketplace/notifications.ts';
import {
  markWarrantyMailed,
  openWarrantyNotice,
  type WarrantyNotice,
  withdrawWarrantyNotice,
} from '../../db/marketplace/warranty-notices.ts';
import type { warrantyNotice as spec } from '../../shared/jobs/warranty-notice.ts';
import type { Mail } from '../../shared/ports/mailer.ts';
import { utcDay } from '../../shared/warranty.ts';
import type { Handler } from '../handler.ts';
import { sendMail } from '../send-mail.ts';
import { warrantyWords } from '../warranty-words.ts';

/**
 * Writes the notification, then sends the e-mail, then marks it as sent. A try that is cut off in between is repeated: the
 * notification is written once by its key, the e-mail repeated under its Message-ID at worst.
 */
export const warrantyNotice: Handler<typeof spec, 'mailer'> = async (ctx, notice) => {
  const told = await ctx.transact(tx => tell(tx, notice, utcDay(ctx.now)));
  if ('why' in told) return { sent: false, why: told.why };
  await sendMail(ctx, told.mail);
  await ctx.transact(tx => markWarrantyMailed(tx, notice));
  return { sent: true, why: null };
};

/** What is still to be mailed, or why nothing is. */
async function tell(
  tx: Transaction,
  notice: WarrantyNotice,
  today: string,
): Promise<{ mail: Mail } | { why: 'gone' | 'stale' | 'sent_before' }> {
  const { gearId, thresholdDays, endsOn } = notice;
  const open = await openWarrantyNotice(tx, notice);
  if (!open) return { why: 'gone' };
  if (open.mailedAt !== null) return { why: 'sent_before' };
  if (open.warrantyExpiresAt !== endsOn) {
    await withdrawWarrantyNotice(tx, notice);
    return { why: 'stale' };
  }
  const onceKey = `warranty:${gearId}:${endsOn}:${thresholdDays}`;
  const { title, body, text, html } = warrantyWords(open.name, endsOn, today);
  const data = { gear_id: gearId, ends_on: endsOn, threshold_days: thresholdDays };
  await notify(tx, { userId: open.ownerId, type: 'warranty_expiring', title, body, data, onceKey });
  return { mail: { to: open.email, subject: title, text, html, onceKey } };
}
