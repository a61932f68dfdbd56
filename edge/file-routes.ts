import { z } from 'zod';
import { readFileToken } from '../shared/file-signature.ts';
import { Fault } from '../shared/fault.ts';
import { answerContent, contentResponses } from './content.ts';
import { defineRoute, type Route } from './route.ts';

const readSigned = defineRoute({
  method: 'GET',
  path: '/files/:token',
  summary: 'Read a file by its signed address',
  description: 'Whoever has the address may read the file until it expires. Files in S3 have addresses there instead.',
  roles: 'public',
  // Addresses are handed out, never made up: there is nothing here for a caller to know.
  hidden: true,
  bare: true,
  idempotency: 'none',
  params: z.object({ token: z.string() }),
  response: contentResponses,
  async handler({ params, headers, edge }) {
    const { files } = edge.ports;
    const { key, expiresAtS: _, ...shown } = readFileToken(params.token, edge.config.jwtSecret ?? []);
    const found = await files.stat(key);
    if (!found) throw new Fault('not_found', 'The file is not there any more.');
    return answerContent({ headers }, files, { key, ...shown, sizeBytes: found.sizeBytes, sha256: null });
  },
});

/** Of the surface that also answers below no prefix. */
export const fileRoutes: readonly Route[] = [readSigned];
