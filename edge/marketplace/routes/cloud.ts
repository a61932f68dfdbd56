import { z } from 'zod';
import {
  addCloudUsage,
  getCloudFile,
  insertCloudFile,
  listCloudFiles,
  listCloudVersions,
  replaceCloudContent,
  restoreCloudVersion,
  snapshotCloudFile,
} from '../../../db/marketplace/cloud-files.ts';
import type { Transaction } from '../../../db/connect.ts';
import { Fault } from '../../../shared/fault.ts';
import { newFileKey } from '../../../shared/file-key.ts';
import { answerContent, contentResponses } from '../../content.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import type { Upload } from '../../upload.ts';
import { uploadOnce } from '../../upload-once.ts';
import {
  cloudFieldsSchema,
  cloudFileSchema,
  cloudFormSchema,
  cloudVersionSchema,
  viewCloudFile,
  viewCloudVersion,
} from '../cloud-view.ts';
import { pageQuery } from '../page-query.ts';
import { cloudShareRoutes } from './cloud-shares.ts';

const users = ['marketplace:user'] as const;
const path = '/api/v1/cloud/files';
const params = z.object({ id: z.uuid() });
const fileAnswer = z.strictObject({ file: cloudFileSchema });
/** Each holds a connection for as long as its bytes take. */
const uploadsPerMinute = 120;

const list = defineRoute({
  method: 'GET',
  path,
  summary: "The user's files",
  description: 'Newest first.',
  roles: users,
  idempotency: 'none',
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ files: z.array(cloudFileSchema), total: z.int() }) },
  async handler({ actor, db, query }) {
    const { files, total } = await listCloudFiles(db, actor!.id, query);
    return { status: 200, body: { files: files.map(viewCloudFile), total } };
  },
});

const add = defineRoute({
  method: 'POST',
  path,
  summary: 'Upload a file',
  description: 'One file, in the field `file` of a multipart form. What it holds is version 1.',
  roles: users,
  idempotency: 'honoured',
  // The upload sees to its key itself: whether it is a repeat is known once it has all come.
  idempotencyRecord: 'job',
  limitPerMinute: uploadsPerMinute,
  body: cloudFormSchema,
  bodyKind: 'stream',
  response: { 201: fileAnswer },
  handler: request =>
    uploadOnce(request, newForm(request), async (tx, upload) => {
      const content = await takeIn(tx, request, upload);
      const file = await insertCloudFile(tx, request.actor!.id, { ...content, filename: upload.filename });
      return { status: 201, body: { file: viewCloudFile(file) } };
    }),
});

const show = defineRoute({
  method: 'GET',
  path: `${path}/:id`,
  summary: 'A file',
  roles: users,
  idempotency: 'none',
  params,
  response: { 200: fileAnswer },
  async handler({ actor, db, params: { id } }) {
    const file = await getCloudFile(db, { ownerId: actor!.id, id });
    if (!file) throw noSuchFile();
    return { status: 200, body: { file: viewCloudFile(file) } };
  },
});

const download = defineRoute({
  method: 'GET',
  path: `${path}/:id/content`,
  summary: 'What a file holds now',
  roles: users,
  idempotency: 'none',
  params,
  response: contentResponses,
  async handler({ actor, db, edge, headers, params: { id } }) {
    const file = await getCloudFile(db, { ownerId: actor!.id, id });
    if (!file) throw noSuchFile();
    const { storageKey: key, sizeBytes, sha256, filename, mimeType: contentType } = file;
    const content = { key, sizeBytes, sha256, filename, contentType, disposition: 'inline' } as const;
    return answerContent({ headers }, edge.ports.files, content);
  },
});

const replace = defineRoute({
  method: 'PUT',
  path: `${path}/:id/content`,
  summary: 'Give a file another content',
  description: 'As one more version, which is then the current one; the earlier ones stay. The file keeps its name.',
  roles: users,
  idempotency: 'honoured',
  idempotencyRecord: 'job',
  limitPerMinute: uploadsPerMinute,
  params,
  body: cloudFormSchema,
  bodyKind: 'stream',
  response: { 200: fileAnswer },
  async handler(request) {
    const owned = { ownerId: request.actor!.id, id: request.params.id };
    // Looked at before the bytes are taken in, and again when they are there.
    if (!(await getCloudFile(request.db, owned))) throw noSuchFile();
    return uploadOnce(request, newForm(request), async (tx, upload) => {
      const file = await replaceCloudContent(tx, owned, await takeIn(tx, request, upload));
      if (!file) throw noSuchFile();
      return { status: 200, body: { file: viewCloudFile(file) } };
    });
  },
});

const listVersions = defineRoute({
  method: 'GET',
  path: `${path}/:id/versions`,
  summary: "A file's versions",
  description: 'Newest first.',
  roles: users,
  idempotency: 'none',
  bare: true,
  params,
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ versions: z.array(cloudVersionSchema) }) },
  async handler({ actor, db, params: { id }, query }) {
    const owned = { ownerId: actor!.id, id };
    const versions = await listCloudVersions(db, owned, query);
    // Every file has a version; only beyond the last one is there none to be seen.
    if (versions.length === 0 && !(await getCloudFile(db, owned))) throw noSuchFile();
    return { status: 200, body: { versions: versions.map(viewCloudVersion) } };
  },
});

const snapshot = defineRoute({
  method: 'POST',
  path: `${path}/:id/versions`,
  summary: 'Keep the present content as one more version',
  description: 'It shares the stored bytes, and takes nothing of the quota.',
  roles: users,
  idempotency: 'honoured',
  body: z.strictObject({}).optional(),
  params,
  response: { 201: cloudVersionSchema },
  async handler(request) {
    const owned = { ownerId: request.actor!.id, id: request.params.id };
    const version = await request.transact(tx => snapshotCloudFile(tx, owned));
    if (!version) throw noSuchFile();
    return { status: 201, body: viewCloudVersion(version) };
  },
});

const restore = defineRoute({
  method: 'POST',
  path: `${path}/:id/restore/:version`,
  summary: 'Make the content of a version the current one',
  description: 'The present content is kept as one more version first.',
  roles: users,
  idempotency: 'honoured',
  body: z.strictObject({}).optional(),
  params: params.extend({
    version: z
      .string()
      .regex(/^\d{1,9}$/, 'must be a whole number')
      .transform(Number),
  }),
  response: { 200: z.strictObject({ file: cloudFileSchema, current_version: z.int() }) },
  async handler(request) {
    const { id, version } = request.params;
    const file = await request.transact(tx => restoreCloudVersion(tx, { ownerId: request.actor!.id, id }, version));
    if (!file) throw new Fault('not_found', 'There is no such file, or it has no such version.');
    return { status: 200, body: { file: viewCloudFile(file), current_version: file.currentVersion } };
  },
});

function newForm({ edge }: Pick<RouteRequest, 'edge'>) {
  return { key: newFileKey('cloud'), maxBytes: edge.config.maxUploadBytes, fields: cloudFieldsSchema };
}

/** Counts an upload against the quota, in the transaction that writes its rows. */
async function takeIn(tx: Transaction, { actor, edge }: Pick<RouteRequest, 'actor' | 'edge'>, upload: Upload<unknown>) {
  const { key: storageKey, contentType: mimeType, sizeBytes, sha256 } = upload;
  const quotaBytes = edge.config.cloudQuotaBytes;
  if (!(await addCloudUsage(tx, { ownerId: actor!.id, sizeBytes, quotaBytes })))
    throw new Fault('too_large', `With this file, yours would take more than ${quotaBytes} bytes.`, {
      reason: 'quota_exceeded',
    });
  return { storageKey, mimeType, sizeBytes, sha256 };
}

function noSuchFile(): Fault {
  return new Fault('not_found', 'There is no such file.');
}

export const cloudRoutes: readonly Route[] = [
  list,
  add,
  show,
  download,
  replace,
  listVersions,
  snapshot,
  restore,
  ...cloudShareRoutes,
];
