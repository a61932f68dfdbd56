import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { callApi } from '../../demo-data/api.ts';
import type { SandboxUrls } from '../sandbox-settings.ts';
import { type Finding, finding } from './finding.ts';

const mailsSchema = z.object({
  mails: z.array(
    z.object({
      messageId: z.string().nullable(),
      to: z.array(z.string()),
      subject: z.string(),
      text: z.string(),
      deliveries: z.int(),
    }),
  ),
});
const textsSchema = z.object({ messages: z.array(z.object({ sid: z.string(), to: z.string(), body: z.string() })) });

export interface MessageCheck {
  findings: Finding[];
  mails: number;
  /** That came again under their own Message-ID, by which receivers drop them. */
  mailsRepeated: number;
  texts: number;
}

/** Who was to be told was told; what came twice is counted. */
export async function checkMessages(db: Database, sandbox: SandboxUrls): Promise<MessageCheck> {
  const { mails } = mailsSchema.parse((await callApi('GET', `${sandbox.outbox}/_sandbox/state`)).data);
  const { messages } = textsSchema.parse((await callApi('GET', `${sandbox.twilio}/_sandbox/state`)).data);
  const findings: Finding[] = [];
  const seen = new Map<string, string | null>();
  for (const { messageId, to, subject, text } of mails) {
    const said = JSON.stringify([to, subject, text]);
    if (seen.has(said)) findings.push(finding('doubled', `a mail to ${to.join()} came as two: ${subject}`));
    seen.set(said, messageId);
  }
  const told = new Set<string>();
  for (const { to, body } of messages) {
    const said = JSON.stringify([to, body]);
    if (told.has(said)) findings.push(finding('doubled', `a text to ${to} came twice: ${body}`));
    told.add(said);
  }
  const ids = new Set(mails.map(({ messageId }) => messageId));
  const sids = new Set(messages.map(({ sid }) => sid));
  const sent = await db.any<{
    id: string;
    channel: string;
    status: string;
    providerMessageId: string | null;
    error: string;
    createdAt: Date;
  }>('select id, channel, status, provider_message_id, error, created_at from fieldservice.notifications');
  for (const { id, channel, status, providerMessageId, error, createdAt } of sent) {
    if (status === 'failed') findings.push(finding('lost', `${channel} ${id} failed: ${error}`, createdAt));
    else if (!(channel === 'email' ? ids : sids).has(providerMessageId ?? ''))
      findings.push(
        finding('lost', `${channel} ${id} is ${status}, and the provider has no ${providerMessageId}`, createdAt),
      );
  }
  const untold = await db.any<{ name: string; createdAt: Date }>(`
    select gear.name, notice.created_at from marketplace.warranty_notices notice join marketplace.gear on gear.id = notice.gear_id
    where notice.mailed_at is null`);
  for (const { name, createdAt } of untold) findings.push(finding('lost', `nobody was told of ${name}`, createdAt));
  return {
    findings,
    mails: mails.length,
    mailsRepeated: mails.reduce((sum, { deliveries }) => sum + deliveries - 1, 0),
    texts: messages.length,
  };
}
