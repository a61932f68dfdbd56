import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { findCloudShare, insertCloudShare } from '../../../db/marketplace/cloud-shares.ts';
import { Fault } from '../../../shared/fault.ts';
import { publicUrlOf } from '../../../shared/ports/ports.ts';
import { defineRoute, type Route } from '../../route.ts';
import { cloudShareSchema, viewCloudShare } from '../cloud-view.ts';

const sharedPath = '/api/v1/cloud/shared';
const downloadLifetimeS = 300;

const share = defineRoute({
  method: 'POST',
  path: '/api/v1/cloud/files/:id/share',
  summary: 'Share a file with whoever has the link',
  description: 'The link shows what the file holds when it is opened. It is told this once: only its hash is kept.',
  roles: ['marketplace:user'],
  idempotency: 'honoured',
  secretAnswer: true,
  bare: true,
  params: z.object({ id: z.uuid() }),
  body: z.strictObject({
    permissions: z.literal('read').default('read'),
    expires_in_hours: z.int().min(1).max(720).default(24),
  }),
  response: { 200: z.strictObject({ share_url: z.url(), token: z.string(), expires_at: z.iso.datetime() }) },
  async handler({ actor, db, edge, params: { id }, body }) {
    const token = randomBytes(32).toString('base64url');
    const terms = { token, permissions: body.permissions, expiresInHours: body.expires_in_hours };
    const made = await insertCloudShare(db, { ownerId: actor!.id, id }, terms);
    if (!made) throw new Fault('not_found', 'There is no such file.');
    const url = new URL(`${sharedPath}/${token}`, publicUrlOf(edge.config)).href;
    return { status: 200, body: { share_url: url, token, expires_at: made.expiresAt.toISOString() } };
  },
});

const open = defineRoute({
  method: 'GET',
  path: `${sharedPath}/:token`,
  summary: 'Open a shared file',
  roles: 'public',
  idempotency: 'none',
  limitPerMinute: 60,
  params: z.object({ token: z.string() }),
  response: { 200: cloudShareSchema },
  async handler({ db, edge, params: { token } }) {
    const found = await findCloudShare(db, token);
    if (!found) throw new Fault('not_found', 'There is no such share.');
    if (found.remainingS <= 0) throw new Fault('gone', 'This share has ended.', { reason: 'share_expired' });
    const url = await edge.ports.files.signedUrl(found.storageKey, {
      expiresInS: Math.ceil(Math.min(downloadLifetimeS, found.remainingS)),
      filename: found.filename,
      contentType: found.mimeType,
      disposition: 'attachment',
    });
    return { status: 200, body: viewCloudShare(found, url) };
  },
});

export const cloudShareRoutes: readonly Route[] = [share, open];
