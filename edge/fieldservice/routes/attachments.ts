import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Transaction } from '../../../db/connect.ts';
import {
  attachmentOwners,
  type AttachmentRow,
  completeAttachment,
  getAttachment,
  insertAttachment,
} from '../../../db/fieldservice/attachments.ts';
import { addAudit } from '../../../db/fieldservice/audit.ts';
import { takeInstants } from '../../../db/fieldservice/instants.ts';
import { putRecords } from '../../../db/fieldservice/records.ts';
import { Fault } from '../../../shared/fault.ts';
import { labelOf, titleOf } from '../../../shared/field-records.ts';
import { FileTooLarge } from '../../../shared/ports/files.ts';
import { defineRoute, type Route } from '../../route.ts';
import { anyMember, type Member, memberActor } from '../actor.ts';
import { attachmentExtension, type AttachmentMime, attachmentMimes } from '../attachment-extension.ts';
import { findOwner } from '../attachment-owner.ts';

const uploadForS = 15 * 60;
const downloadForS = 10 * 60;
/** What somebody may have announced and not completed while its addresses are good. */
const maxOpenUploads = 100;

const id = z.guid().transform(text => text.toLowerCase());
const owner = { ownerType: z.enum(attachmentOwners), ownerId: id };

const presignUpload = defineRoute({
  method: 'POST',
  path: '/v1/attachments/presign',
  summary: 'An address to send a file to',
  description:
    'For a `PUT` of exactly `size` bytes with `Content-Type: <mimeType>`, within 15 minutes; then call complete. On disk the first file that arrives whole stays. A store in the cloud puts a later one of the same size and type in its place until the address expires, also after complete; never after that.',
  roles: anyMember,
  idempotency: 'honoured',
  secretAnswer: true,
  faults: ['not_found', 'too_large', 'rate_limited'],
  body: z.object({ ...owner, mimeType: z.enum(attachmentMimes), size: z.int().min(1).describe('In bytes') }),
  response: {
    200: z.strictObject({ attachmentId: z.uuid(), uploadUrl: z.url(), r2Key: z.string() }),
  },
  async handler({ actor, body, db, edge }) {
    const member = memberActor(actor);
    const { ownerType, ownerId, mimeType, size: sizeBytes } = body;
    const { maxUploadBytes } = edge.config;
    if (sizeBytes > maxUploadBytes) throw new FileTooLarge(maxUploadBytes);
    await findOwner(db, member, body, 'attach');
    const attachmentId = randomUUID();
    const fileKey = `tenants/${member.tenant}/attachments/${attachmentId}`;
    const announced = await insertAttachment(
      db,
      {
        id: attachmentId,
        tenantId: member.tenant,
        userId: member.id,
        ownerType,
        ownerId,
        fileKey,
        mimeType,
        sizeBytes,
      },
      { maxOpen: maxOpenUploads, openForS: uploadForS },
    );
    if (!announced) {
      throw new Fault('rate_limited', `You have ${maxOpenUploads} files to send and complete before any other.`, {
        reason: 'TOO_MANY_UPLOADS',
        retryAfterS: 60,
      });
    }
    const asked = { expiresInS: uploadForS, sizeBytes, contentType: mimeType };
    const uploadUrl = await edge.ports.files.signedUpload(fileKey, asked);
    return { status: 200, body: { attachmentId, uploadUrl, r2Key: fileKey } };
  },
});

const complete = defineRoute({
  method: 'POST',
  path: '/v1/attachments/complete',
  summary: 'Say that a file was sent',
  description:
    "Asks the store whether the file is there, and as large as was announced. It is then its finance entry's receipt, and the entry is pulled again. Once more does nothing.",
  roles: anyMember,
  idempotency: 'honoured',
  // The store is asked before the answer is known: no transaction waits for it.
  idempotencyRecord: 'lease',
  faults: ['not_found'],
  body: z.object({ ...owner, attachmentId: id, r2Key: z.string().max(200) }),
  response: { 200: z.strictObject({ ok: z.literal(true) }) },
  async handler({ actor, body, db, transact, edge }) {
    const member = memberActor(actor);
    const attachment = await getAttachment(db, member.tenant, body.attachmentId);
    if (!attachment || (attachment.createdBy !== member.id && member.role !== 'manager')) throw noAttachment();
    const { ownerType, ownerId, fileKey, sizeBytes } = attachment;
    if (body.r2Key !== fileKey || body.ownerType !== ownerType || body.ownerId !== ownerId) {
      throw new Fault('invalid', 'The attachment was announced with another r2Key or owner.', {
        reason: 'ATTACHMENT_MISMATCH',
      });
    }
    const done = { status: 200, body: { ok: true } } as const;
    if (attachment.completedAt !== null) return done;
    const stored = await edge.ports.files.stat(fileKey);
    if (!stored) throw new Fault('invalid', 'The file has not arrived.', { reason: 'UPLOAD_INCOMPLETE' });
    if (stored.sizeBytes !== sizeBytes) {
      throw new Fault('invalid', `The file has ${stored.sizeBytes} bytes instead of ${sizeBytes}.`, {
        reason: 'SIZE_MISMATCH',
        details: { sizeBytes, storedBytes: stored.sizeBytes },
      });
    }
    await transact(tx => attach(tx, member, attachment));
    return done;
  },
});

/** Completes an attachment that has arrived; one that another request has completed meanwhile stays as it is. */
async function attach(tx: Transaction, member: Member, attachment: AttachmentRow): Promise<void> {
  const { tenant: tenantId, id: userId, displayName, email, role } = member;
  const [instant] = (await takeInstants(tx, tenantId, 1)) as [string];
  if (!(await completeAttachment(tx, tenantId, attachment.id))) {
    if (!(await getAttachment(tx, tenantId, attachment.id))) throw noAttachment();
    return;
  }
  const record = await findOwner(tx, member, attachment, 'attach');
  const { id: entityId, entity, payload } = record;
  if (entity !== 'finance_entry') return;
  const receipt = { ...payload, receiptAttachmentId: attachment.id };
  await putRecords(tx, tenantId, [{ ...record, payload: receipt, changedAt: instant }]);
  const summary = `${labelOf(entity)} updated: ${titleOf(entity, payload)}`;
  await addAudit(tx, { tenantId, actor: { userId, displayName, email, role }, deviceId: null }, [
    { entity, entityId, action: 'updated', summary, digest: null, createdAt: instant },
  ]);
}

const presignDownload = defineRoute({
  method: 'GET',
  path: '/v1/attachments/:id/presign',
  summary: 'An address to read a file at',
  description: 'Good for 10 minutes, for whoever has it. Images and PDFs may be shown, all else is saved.',
  roles: anyMember,
  idempotency: 'none',
  params: z.object({ id }),
  response: { 200: z.strictObject({ downloadUrl: z.url() }) },
  async handler({ actor, params, db, edge }) {
    const member = memberActor(actor);
    const attachment = await getAttachment(db, member.tenant, params.id);
    if (!attachment?.completedAt) throw noAttachment();
    await findOwner(db, member, attachment, 'read');
    const { fileKey, mimeType } = attachment;
    const downloadUrl = await edge.ports.files.signedUrl(fileKey, {
      expiresInS: downloadForS,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these are ever announced
      filename: `${attachment.id}.${attachmentExtension[mimeType as AttachmentMime]}`,
      contentType: mimeType,
      disposition: /^(image\/|application\/pdf$)/.test(mimeType) ? 'inline' : 'attachment',
    });
    return { status: 200, body: { downloadUrl } };
  },
});

function noAttachment(): Fault {
  return new Fault('not_found', 'There is no such attachment.');
}

export const attachmentRoutes: readonly Route[] = [presignUpload, complete, presignDownload];
