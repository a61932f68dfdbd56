import { z } from 'zod';
import { callApi } from '../demo-data/api.ts';
import { type FieldScene, Phone } from './field-scene.ts';
import { must, type Steps, until } from './steps.ts';

const presignedSchema = z.object({ attachmentId: z.uuid(), uploadUrl: z.url(), r2Key: z.string() });
const sentSchema = z.object({ status: z.literal('queued'), notificationIds: z.array(z.uuid()) });
const notificationsSchema = z.object({
  notifications: z.array(
    z.object({ id: z.uuid(), channel: z.string(), status: z.string(), error: z.string().nullable() }),
  ),
});

/** Two phones edit one client offline; the later push wins, and the conflict shows. */
export async function showSync(steps: Steps, scene: FieldScene): Promise<void> {
  const [first, second] = [new Phone(scene), new Phone(scene)];
  await steps.run('two phones pull a company’s books', async () => {
    const pulled = [await first.pull(), await second.pull()];
    must(pulled[0] === pulled[1], 'both must know the same', pulled);
    return `${pulled[0]} records each`;
  });
  const clientId = first.find('client', 'name', 'John Doe');
  await steps.run('both edit one client offline, and push: the later wins, and is told so', async () => {
    second.edit('client', clientId, { email: 'j.doe@office.example' });
    first.edit('client', clientId, { email: 'john@new.example', accessNotes: 'The door code has changed' });
    const [pushed, late] = [await first.push(), await second.push()];
    must(pushed.conflicts.length === 0 && late.conflicts.length === 1, 'the second must be in conflict', late);
    return late.conflicts[0]?.summary;
  });
  await steps.run('they pull, and know the same again', async () => {
    await first.pull();
    await second.pull();
    const [one, other] = [first, second].map(phone => JSON.stringify(phone.records.get(clientId)?.payload));
    must(one === other && (one ?? '').includes('j.doe@office.example'), 'both must have the later address', one);
    must((one ?? '').includes('door code'), 'what only one of them changed must be kept', one);
    const log = (await scene.call('GET', '/v1/conflicts')) as { conflicts: unknown[] };
    must(log.conflicts.length > 0, 'the log must hold the conflict', log);
  });
}

/** A receipt goes straight to the file store, and its entry is pulled again. */
export async function showAttachment(steps: Steps, scene: FieldScene): Promise<void> {
  await steps.run('a receipt is uploaded by a signed address, and hangs on its entry', async () => {
    const phone = new Phone(scene);
    await phone.pull();
    const ownerId = phone.find('finance_entry', 'title', 'Boxes and labels');
    const owner = { ownerType: 'finance_entry', ownerId };
    const bytes = smallestPng();
    const asked = { ...owner, mimeType: 'image/png', size: bytes.length };
    const { attachmentId, uploadUrl, r2Key } = presignedSchema.parse(
      await scene.call('POST', '/v1/attachments/presign', asked),
    );
    const headers = { 'content-type': 'image/png' };
    const put = await fetch(uploadUrl, { method: 'PUT', headers, body: new Uint8Array(bytes) });
    must(put.ok, 'the store must take it', put.status);
    await scene.call('POST', '/v1/attachments/complete', { attachmentId, r2Key, ...owner });
    must((await phone.pull()) > 0, 'the entry must be pulled again', null);
    const entry = phone.records.get(ownerId)?.payload;
    must(entry?.['receiptAttachmentId'] === attachmentId, 'the entry must name its receipt', entry);
    const { downloadUrl } = (await scene.call('GET', `/v1/attachments/${attachmentId}/presign`)) as {
      downloadUrl: string;
    };
    const got = Buffer.from(await (await fetch(downloadUrl)).arrayBuffer());
    must(got.equals(bytes), 'it must be the same bytes', got.length);
    return `${got.length} bytes`;
  });
}

/** An invoice goes out by mail, SMS and WhatsApp. */
export async function showInvoiceSent(steps: Steps, scene: FieldScene): Promise<void> {
  const phone = new Phone(scene);
  await phone.pull();
  const invoiceId = phone.find('finance_entry', 'title', 'Invoice - Dec');
  await steps.run('an invoice is sent over three channels, and each is delivered', async () => {
    const body = {
      channels: ['whatsapp', 'sms', 'email'],
      message: 'Invoice for Dec. Please see PDF.',
      includePdf: true,
    };
    const { notificationIds } = sentSchema.parse(await scene.call('POST', `/v1/invoices/${invoiceId}/send`, body));
    const read = async () =>
      notificationsSchema.parse(await scene.call('GET', `/v1/notifications?ids=${notificationIds.join(',')}`))
        .notifications;
    // SMTP has no receipts: a mail that was taken stays sent.
    const done = await until('all must be sent', read, all =>
      all.every(({ channel, status }) => status === (channel === 'email' ? 'sent' : 'delivered')),
    );
    return done.map(({ channel, status }) => `${channel} ${status}`).join(', ');
  });
  await steps.run('its PDF is there', async () => {
    const { edge, fieldservice } = scene.demo;
    const headers = { authorization: `Bearer ${fieldservice.manager.token}`, 'x-tenant-id': fieldservice.tenantId };
    const answer = await fetch(`${edge}/v1/invoices/${invoiceId}/pdf`, { headers });
    const bytes = Buffer.from(await answer.arrayBuffer());
    must(bytes.subarray(0, 5).toString() === '%PDF-', 'it must be a PDF', answer.status);
    return scene.save('field-invoice.pdf', bytes);
  });
  await steps.run('each message can be opened in the outbox', async () => {
    const outbox = scene.demo.outbox;
    const { data } = await callApi('GET', `${outbox}/mails.json`);
    must(JSON.stringify(data).includes('Invoice for Dec'), 'the mail must be there', null);
    return outbox;
  });
}

/** One transparent pixel. */
function smallestPng(): Buffer {
  const chunks = [
    '89504e470d0a1a0a',
    '0000000d49484452000000010000000108060000001f15c489',
    '0000000d49444154789c6360606060000000050001a5f64540',
    '0000000049454e44ae426082',
  ];
  return Buffer.from(chunks.join(''), 'hex');
}
