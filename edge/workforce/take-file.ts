import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Transaction } from '../../db/connect.ts';
import { type FileRow, type FileVisibility, insertFile } from '../../db/workforce/files.ts';
import { canonicalJson, fingerprintOf } from '../../shared/canonical.ts';
import { newFileKey } from '../../shared/file-key.ts';
import { parseJson, readBody } from '../body.ts';
import { onceInTransaction } from '../idempotency.ts';
import type { Reply, RouteRequest } from '../route.ts';
import { checkContentType, type Upload, type UploadForm } from '../upload.ts';
import { uploadOnce } from '../upload-once.ts';
import { checkInput } from '../validate.ts';
import { workforceActor } from './actor.ts';
import { ownFile } from './file-uri.ts';

/** 10 MB. */
const maxFileBytes = 10 * 1_048_576;
const maxJsonBytes = 16_384;
export const photoTypes: readonly string[] = ['image/jpeg', 'image/png'];
export const paperTypes: readonly string[] = ['application/pdf', ...photoTypes];
/** Each holds a connection for as long as its bytes take. */
export const uploadsPerMinute = 30;

export interface WantedFile<Fields extends z.ZodObject> {
  /** What it is for, in one word. */
  category: string;
  accepts: readonly string[];
  /** What comes with it: texts, since a form has nothing else. */
  fields: Fields;
}

/** The form of an upload; where it is put anew each time. */
export function uploadForm<Fields extends z.ZodType>(
  { edge }: Pick<RouteRequest, 'edge'>,
  { accepts, fields }: Pick<UploadForm<Fields>, 'fields'> & { accepts: readonly string[] },
): UploadForm<Fields> {
  const maxBytes = Math.min(maxFileBytes, edge.config.maxUploadBytes);
  return { key: newFileKey('workforce'), maxBytes, accepts, fields };
}

/** The row of an upload. */
export function keepUpload(
  tx: Transaction,
  { actor }: Pick<RouteRequest, 'actor'>,
  { key: storageKey, filename, contentType, sizeBytes, sha256 }: Upload<unknown>,
  place: { visibility: FileVisibility; category: string },
): Promise<FileRow> {
  const { id: userId, tenant: tenantId } = workforceActor(actor);
  return insertFile(tx, { tenantId, userId, storageKey, filename, contentType, sizeBytes, sha256, ...place });
}

/**
 * Does `work` with a file of the caller's, once per Idempotency-Key, for routes with `bodyKind: 'stream'`: a file that comes
 * with the request, in the form's field `file`, or one that they have uploaded before, named by `fileUri` in a JSON body.
 */
export async function takeFileOnce<Fields extends z.ZodObject>(
  request: RouteRequest,
  wanted: WantedFile<Fields>,
  work: (tx: Transaction, file: FileRow, fields: z.output<Fields>) => Promise<Reply>,
): Promise<Reply> {
  const { category, accepts, fields } = wanted;
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return uploadOnce(request, uploadForm(request, { accepts, fields }), async (tx, upload) =>
      work(tx, await keepUpload(tx, request, upload, { visibility: 'private', category }), upload.fields),
    );
  }
  const actor = workforceActor(request.actor);
  // The mount hands the request on as it came.
  const sent = parseJson(request, await readBody(request.stream as IncomingMessage, maxJsonBytes));
  const { fileUri, ...rest } = checkInput(z.strictObject({ ...fields.shape, fileUri: z.string() }), sent, 'body') as {
    fileUri: string;
  } & z.output<Fields>;
  const once = async (tx: Transaction): Promise<Reply> => {
    const file = await ownFile(tx, actor, fileUri);
    checkContentType(file.contentType, accepts);
    return work(tx, file, rest as unknown as z.output<Fields>);
  };
  const { idempotencyKey: key, edge } = request;
  if (key === null) return request.transact(once);
  const scope = { surface: actor.surface, actor: actor.owner, key };
  const fingerprint = fingerprintOf(request.fingerprint, canonicalJson(sent));
  const { replayed, ...reply } = await onceInTransaction(edge, { scope, fingerprint, secret: false }, once);
  return replayed ? { ...reply, headers: { ...reply.headers, 'idempotent-replayed': 'true' } } : reply;
}
