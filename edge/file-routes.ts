import { z } from 'zod';
import { readFileToken, readUploadToken } from '../shared/file-signature.ts';
import { Fault } from '../shared/fault.ts';
import { answerContent, contentResponses } from './content.ts';
import { receiveFile } from './receive-file.ts';
import { defineRoute, type Route } from './route.ts';

const signedAddress = {
  path: '/files/:token',
  roles: 'public',
  // Addresses are handed out, never made up: there is nothing here for a caller to know.
  hidden: true,
  bare: true,
  idempotency: 'none',
  params: z.object({ token: z.string() }),
} as const;

const readSigned = defineRoute({
  ...signedAddress,
  method: 'GET',
  summary: 'Read a file by its signed address',
  description: 'Whoever has the address may read the file until it expires. Files in S3 have addresses there instead.',
  response: contentResponses,
  async handler({ params, headers, edge }) {
    const { files } = edge.ports;
    const { key, expiresAtS: _, ...shown } = readFileToken(params.token, edge.config.jwtSecret ?? []);
    const found = await files.stat(key);
    if (!found) throw new Fault('not_found', 'The file is not there any more.');
    return answerContent({ headers }, files, { key, ...shown, sizeBytes: found.sizeBytes, sha256: null });
  },
});

const writeSigned = defineRoute({
  ...signedAddress,
  method: 'PUT',
  summary: 'Send a file to its signed address',
  description:
    'Whoever has the address may send a file of the size and type that it was made for, until it expires. The first that arrives whole stays; the same once more is welcome. Files for S3 go there instead.',
  bodyKind: 'stream',
  response: { 200: { contentType: '*/*', description: 'It has arrived' } },
  async handler(request) {
    const { params, edge } = request;
    await receiveFile(request, edge.ports.files, readUploadToken(params.token, edge.config.jwtSecret ?? []));
    return { status: 200 };
  },
});

/** Of the surface that also answers below no prefix. */
export const fileRoutes: readonly Route[] = [readSigned, writeSigned];
