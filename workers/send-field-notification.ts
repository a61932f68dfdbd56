import { openInviteMail } from '../db/fieldservice/invites.ts';
import {
  beginTry,
  listTakenMessages,
  openNotification,
  type OpenNotification,
} from '../db/fieldservice/notifications.ts';
import { insertJob } from '../db/insert-job.ts';
import { Fault } from '../shared/fault.ts';
import type { ResultOf } from '../shared/job.ts';
import { invoicePdf } from '../shared/jobs/invoice-pdf.ts';
import type { notification as spec } from '../shared/jobs/notification.ts';
import type { Mail } from '../shared/ports/mailer.ts';
import { channelNames, maxTextLength, type TextChannel } from '../shared/ports/texter.ts';
import type { RemoteContext } from './handler.ts';
import { type InviteMailConfig, inviteMailText } from './invite-mail.ts';
import { sendMail } from './send-mail.ts';
import { callTexter } from './send-text.ts';

type Context = RemoteContext<'mailer' | 'texter' | 'files'>;

/** As long as a signed address of the store may live. */
const linkLifetimeS = 7 * 86_400;
const pdfType = 'application/pdf';

/** Sends an invoice, or an invite, over the channel that its row names. */
export async function sendFieldNotification(
  ctx: Context,
  id: string,
  config: InviteMailConfig,
): Promise<ResultOf<typeof spec>> {
  const open = await ctx.transact(tx => openNotification(tx, id));
  if (!open) return { sent: false, why: 'gone', providerMessageId: null };
  if (open.status !== 'queued') return { sent: false, why: 'settled', providerMessageId: null };
  if (open.channel !== 'email') {
    const providerMessageId = await sendText(ctx, { ...open, channel: open.channel });
    return { sent: true, why: null, providerMessageId };
  }
  const mail = open.inviteId === null ? await invoiceMail(ctx, open) : await inviteMail(ctx, open.inviteId, config);
  if (!mail) return { sent: false, why: 'gone', providerMessageId: null };
  const { recipient: to, subject } = open;
  // A try that is cut off is repeated under the same Message-ID, by which receivers drop it.
  const { messageId } = await sendMail(ctx, { to, subject, onceKey: `notification:${id}`, ...mail });
  return { sent: true, why: null, providerMessageId: messageId };
}

async function inviteMail(
  ctx: Context,
  inviteId: string,
  config: InviteMailConfig,
): Promise<Pick<Mail, 'text'> | null> {
  const invite = await ctx.transact(tx => openInviteMail(tx, inviteId));
  return invite && { text: inviteMailText(inviteId, invite, config) };
}

async function invoiceMail(ctx: Context, open: OpenNotification): Promise<Pick<Mail, 'text' | 'attachments'>> {
  if (open.invoiceId === null) return { text: open.body };
  const pdf = await drawnPdf(ctx, open);
  const file = await ctx.ports.files.read(pdf.fileKey, undefined, ctx.signal);
  if (!file) throw new Fault('unavailable', 'The invoice’s PDF was there and is gone.', { reason: 'pdf_lost' });
  return { text: open.body, attachments: [{ filename: pdf.filename, contentType: pdfType, content: file.stream }] };
}

/**
 * Sends a text once. What it says, link and all, commits before the first call: a try whose answer was lost is looked for
 * among the provider's messages by that, and only sent again if it isn't there.
 * @returns the provider's id of the message.
 */
async function sendText(ctx: Context, open: OpenNotification & { channel: TextChannel }): Promise<string> {
  const { id, channel, recipient: to, triedAt } = open;
  const call = { signal: ctx.signal };
  let { body } = open;
  if (triedAt === null) {
    body = await textOf(ctx, open);
    if (!(await ctx.transact(tx => beginTry(tx, id, body))))
      throw new Fault('unavailable', 'Another worker is sending it.', { reason: 'sent_elsewhere' });
  } else {
    const made = await callTexter(ctx, channel, texter => texter.find({ channel, to, body, since: triedAt }, call));
    const taken = made.length === 0 ? null : await ctx.transact(tx => listTakenMessages(tx, id, made));
    const ours = made.find(messageId => !taken?.has(messageId));
    if (ours !== undefined) return ours;
  }
  const sent = await callTexter(ctx, channel, texter => texter.send({ channel, to, body, reference: id }, call));
  return sent.id;
}

async function textOf(ctx: Context, open: OpenNotification & { channel: TextChannel }): Promise<string> {
  if (open.invoiceId === null) return open.body;
  const { fileKey, filename } = await drawnPdf(ctx, open);
  const link = await ctx.ports.files.signedUrl(fileKey, {
    expiresInS: linkLifetimeS,
    filename,
    contentType: pdfType,
    disposition: 'inline',
  });
  const text = `${open.body}\n\n${link}`;
  if (text.length <= maxTextLength) return text;
  const room = maxTextLength - link.length - 2;
  const words = `With the link to its PDF the message is too long for ${channelNames[open.channel]}: ${room} characters are left for it.`;
  throw new Fault('unprocessable', words, { reason: 'text_too_long' });
}

/** Where the invoice's PDF is. One that the store has lost is drawn again, and the notification tried after that. */
async function drawnPdf(
  ctx: Context,
  { invoiceId, invoiceLabel, fileKey }: OpenNotification,
): Promise<{ fileKey: string; filename: string }> {
  if (fileKey !== null && (await ctx.ports.files.stat(fileKey))) return { fileKey, filename: `${invoiceLabel}.pdf` };
  const { owner, tenant, requestId } = ctx.job;
  const order = { owner, tenant, requestId, trace: ctx.traceparent };
  if (invoiceId !== null) await ctx.transact(tx => insertJob(tx, invoicePdf, { invoiceId }, order));
  throw new Fault('unavailable', 'The invoice’s PDF is being drawn again.', { reason: 'pdf_lost' });
}
