import type { z } from 'zod';
import type { Transaction } from '../db/connect.ts';
import { fingerprintOf } from '../shared/canonical.ts';
import { Fault } from '../shared/fault.ts';
import type { FilesPort } from '../shared/ports/files.ts';
import { onceInTransaction } from './idempotency.ts';
import type { Reply, RouteRequest } from './route.ts';
import type { EdgeServices } from './services.ts';
import { discardUpload, receiveUpload, type Upload, type UploadForm } from './upload.ts';

/**
 * Receives an upload, then writes its rows, once per Idempotency-Key, for routes with `bodyKind: 'stream'`. Whether a request
 * is a repeat is known only when all of its bytes have come; so it is received first, under a key of its own, and taken away
 * again if there was an answer already. What is left to do then is only rows, so that key and answer commit with them: no lease
 * has to outlast the slowest upload.
 */
export async function uploadOnce<Fields extends z.ZodType>(
  request: Pick<RouteRequest, 'stream' | 'headers' | 'actor' | 'idempotencyKey' | 'fingerprint' | 'transact'> & {
    edge: Pick<EdgeServices, 'db' | 'dispatch' | 'config'> & { ports: { files: FilesPort } };
  },
  form: UploadForm<Fields>,
  work: (tx: Transaction, upload: Upload<z.output<Fields>>) => Promise<Reply>,
): Promise<Reply> {
  const { actor, idempotencyKey: key, edge } = request;
  const { files } = edge.ports;
  const upload = await receiveUpload(request, files, form);
  try {
    if (key === null || !actor) return await request.transact(tx => work(tx, upload));
    const scope = { surface: actor.surface, actor: actor.owner, key };
    const keyed = { scope, fingerprint: fingerprintOf(request.fingerprint, upload.fingerprint), secret: false };
    const { replayed, ...reply } = await onceInTransaction(edge, keyed, tx => work(tx, upload));
    if (!replayed) return reply;
    await discardUpload(files, upload.key);
    return { ...reply, headers: { ...reply.headers, 'idempotent-replayed': 'true' } };
  } catch (error) {
    // A fault is thrown before the commit. After any other error the rows may be there: then the sweep decides.
    if (error instanceof Fault) await discardUpload(files, upload.key);
    throw error;
  }
}
