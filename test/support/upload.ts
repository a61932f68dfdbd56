import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { defineRoute } from '../../edge/route.ts';
import { receiveUpload } from '../../edge/upload.ts';
import type { FilesPort } from '../../shared/ports/files.ts';
import { serveFiles, type ServedFiles } from './files.ts';

export const maxUploadBytes = 1_000_000;
const fields = z.strictObject({ note: z.string().max(10).optional() });

export interface FormPart {
  headers: string;
  content: string | Buffer;
}

export interface ServedUploads extends ServedFiles {
  /** Stands between the route and the store until `reset`. */
  store: Partial<FilesPort>;
  idleMs: number;
  /** Of the last upload, at the server. */
  socket: Socket | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
  post(body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: any }>;
  postForm(...parts: readonly FormPart[]): ReturnType<ServedUploads['post']>;
  /** Takes away what the last test put there. */
  reset(): Promise<void>;
}

/** `POST /upload` over real HTTP: a file of at most `maxUploadBytes` (or as the header `x-max` says) and a `note`. */
export async function serveUploads(): Promise<ServedUploads> {
  const upload = defineRoute({
    method: 'POST',
    path: '/upload',
    summary: 'Upload',
    roles: 'public',
    bodyKind: 'stream',
    idempotency: 'none',
    response: { 201: z.unknown() },
    async handler(request) {
      ({ socket: uploads.socket } = request.stream as unknown as { socket: Socket });
      const { idleMs, store } = uploads;
      const maxBytes = Number(request.headers['x-max'] ?? maxUploadBytes);
      const form = { key: `trial/${randomUUID()}`, maxBytes, fields, idleMs };
      return { status: 201, body: await receiveUpload(request, { ...request.edge.ports.files, ...store }, form) };
    },
  });
  const served = await serveFiles([upload]);
  const uploads: ServedUploads = {
    ...served,
    store: {},
    idleMs: 30_000,
    socket: undefined,
    async post(body, headers = {}) {
      const request = { method: 'POST', body, headers, duplex: 'half' };
      const response = await fetch(`${served.url}/upload`, request as RequestInit);
      return { status: response.status, body: await response.json() };
    },
    postForm: (...parts) => uploads.post(formOf('xx', parts), { 'content-type': 'multipart/form-data; boundary=xx' }),
    async reset() {
      uploads.store = {};
      uploads.idleMs = 30_000;
      for (const key of await served.left()) await served.files.delete(key);
    },
  };
  return uploads;
}

export const filePart = (content: string | Buffer, name = 'a.txt', field = 'file'): FormPart => ({
  headers: `content-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: text/html`,
  content,
});

export const fieldPart = (name: string, content: string): FormPart => ({
  headers: `content-disposition: form-data; name="${name}"`,
  content,
});

/** A form's bytes, exactly as said: for what `FormData` would not send. */
export function formOf(boundary: string, parts: readonly FormPart[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ headers, content }) => [
      Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
      Buffer.from(content as Buffer),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}
