import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { FileRow } from '../../../db/workforce/files.ts';
import { Fault } from '../../../shared/fault.ts';
import { ModelFailure } from '../../../shared/ports/model.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { checkContentType } from '../../upload.ts';
import { workforceActor } from '../actor.ts';
import { ownFile } from '../file-uri.ts';
import { providerCall } from '../provider-call.ts';
import { photoTypes } from '../take-file.ts';

/** Of all of a request's images: they are held in memory, and sent as text that is a third longer. */
const maxImageBytes = 20 * 1_048_576;

const invokeLlm = defineRoute({
  method: 'POST',
  path: '/invoke-llm',
  summary: 'Ask the language model',
  description:
    'For a text, or, with `responseJsonSchema`, for JSON of that shape. It may be shown images that the caller uploaded.',
  roles: 'any',
  idempotency: 'required',
  idempotencyRecord: 'lease',
  limitPerMinute: 60,
  faults: ['not_found', 'bad_gateway'],
  body: z.strictObject({
    prompt: z.string().min(1).max(50_000),
    responseJsonSchema: z.record(z.string(), z.unknown()).optional(),
    fileUrls: z
      .array(z.string().max(1_000))
      .max(5)
      .default([])
      .describe('`fileUri`s of images; no other address is looked at'),
  }),
  response: {
    200: z.strictObject({
      result: z.unknown().describe('A text, or JSON of the shape that was asked for'),
      model: z.string(),
      latencyMs: z.int(),
    }),
  },
  async handler(request) {
    const {
      body: { prompt, responseJsonSchema, fileUrls },
      edge: { ports },
    } = request;
    if (!ports.model)
      throw new Fault('unavailable', 'No language model is configured here.', { reason: 'MODEL_NOT_CONFIGURED' });
    const images = await readImages(request, fileUrls);
    try {
      const asked = { prompt, responseJsonSchema, images, ...providerCall(request) };
      const { result, model, latencyMs } = await ports.model.complete(asked);
      return { status: 200, body: { result, model, latencyMs } };
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      throw new Fault('bad_gateway', 'The language model did not give an answer.', {
        reason: 'MODEL_FAILED',
        cause: error,
      });
    }
  },
});

/** The caller's images, one after the other. Throws `Fault`: `not_found`, `unsupported_media_type`, `too_large`. */
async function readImages({ actor, db, edge, signal }: RouteRequest, fileUris: readonly string[]) {
  const rows: FileRow[] = [];
  for (const fileUri of fileUris) rows.push(await ownFile(db, workforceActor(actor), fileUri));
  for (const { contentType } of rows) checkContentType(contentType, photoTypes);
  if (rows.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0) > maxImageBytes)
    throw new Fault('too_large', `Together the images are larger than ${maxImageBytes} bytes.`, {
      reason: 'FILE_TOO_LARGE',
    });
  const images: { contentType: string; content: Buffer }[] = [];
  for (const { storageKey, contentType } of rows) {
    const found = await edge.ports.files.read(storageKey, undefined, signal);
    if (!found) throw new Fault('not_found', 'The file is not there any more.', { reason: 'FILE_NOT_FOUND' });
    images.push({ contentType, content: await buffer(found.stream) });
  }
  return images;
}

export const invokeLlmRoutes: readonly Route[] = [invokeLlm];
