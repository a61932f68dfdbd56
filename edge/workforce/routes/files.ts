import { z } from 'zod';
import { fileVisibilities } from '../../../db/workforce/files.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { uploadOnce } from '../../upload-once.ts';
import { workforceActor } from '../actor.ts';
import { makeFileUri, ownFile } from '../file-uri.ts';
import { keepUpload, paperTypes, uploadForm, uploadsPerMinute } from '../take-file.ts';

const uploadFields = z.strictObject({
  visibility: z.enum(fileVisibilities).default('private'),
  category: z.string().trim().max(100).default(''),
});

const uploadFile = defineRoute({
  method: 'POST',
  path: '/upload-file',
  summary: 'Upload a file',
  description:
    'One PDF, JPEG or PNG of at most 10 MB, in the field `file` of a multipart form. What it is counts, not what it is called.',
  roles: 'any',
  idempotency: 'required',
  // The upload sees to its key itself: whether it is a repeat is known once it has all come.
  idempotencyRecord: 'job',
  limitPerMinute: uploadsPerMinute,
  body: uploadFields.extend({ file: z.string().meta({ format: 'binary' }) }),
  bodyKind: 'stream',
  response: {
    200: z.strictObject({
      fileUri: z.string().describe('What other routes call it by'),
      contentType: z.string().describe('By its bytes'),
      size: z.int().describe('In bytes'),
      bucket: z.enum(fileVisibilities),
      path: z.string(),
    }),
  },
  handler: request =>
    uploadOnce(request, uploadForm(request, { accepts: paperTypes, fields: uploadFields }), async (tx, upload) => {
      const file = await keepUpload(tx, request, upload, upload.fields);
      const { contentType, sizeBytes: size, visibility: bucket, storageKey: path } = file;
      return { status: 200, body: { fileUri: makeFileUri(file), contentType, size, bucket, path } };
    }),
});

const createSignedUrl = defineRoute({
  method: 'POST',
  path: '/create-signed-url',
  summary: 'An address at which a file can be read',
  description: 'By whoever has it, until it expires. Only for files that the caller uploaded.',
  roles: 'any',
  idempotency: 'required',
  idempotencyRecord: 'lease',
  secretAnswer: true,
  limitPerMinute: 120,
  faults: ['not_found'],
  body: z.strictObject({
    fileUri: z.string().max(1_000),
    expiresInSeconds: z.int().min(1).max(900).default(300),
  }),
  response: { 200: z.strictObject({ signedUrl: z.url(), expiresAt: z.iso.datetime() }) },
  async handler({ actor, body, db, edge }) {
    const { files } = edge.ports;
    const { storageKey, filename, contentType } = await ownFile(db, workforceActor(actor), body.fileUri);
    if (!(await files.stat(storageKey)))
      throw new Fault('not_found', 'The file is not there any more.', { reason: 'FILE_NOT_FOUND' });
    const expiresAt = new Date(Date.now() + body.expiresInSeconds * 1_000);
    const shown = { filename, contentType, disposition: 'inline' } as const;
    const signedUrl = await files.signedUrl(storageKey, { ...shown, expiresInS: body.expiresInSeconds });
    return { status: 200, body: { signedUrl, expiresAt: expiresAt.toISOString() } };
  },
});

export const fileRoutes: readonly Route[] = [uploadFile, createSignedUrl];
