import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { Fault } from '../../shared/fault.ts';
import { parseJson } from '../body.ts';

const bodySchema = z.object({ name: z.string().min(1).max(1_000) });

/** Throws `Fault('unauthenticated')` unless the caller shows one of the secrets; with none configured nobody can. */
export function admitRtmpServer(headers: IncomingHttpHeaders, secrets: readonly string[] = []): void {
  const shown = headers['x-live-secret'] ?? /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const given = digestOf([shown].flat()[0] ?? '');
  let admitted = false;
  // All of them each time: how long it takes tells nothing.
  for (const secret of secrets) admitted = timingSafeEqual(digestOf(secret), given) || admitted;
  if (!admitted) throw new Fault('unauthenticated', 'The secret is missing or wrong.', { reason: 'bad_live_secret' });
}

/** The stream key: what an RTMP server calls `name`, in a form (nginx-rtmp) or in JSON. Throws `Fault`: `malformed`, `invalid`. */
export function readStreamName(headers: IncomingHttpHeaders, rawBody: Buffer): string {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  const body = isForm
    ? Object.fromEntries(new URLSearchParams(rawBody.toString('utf8')))
    : parseJson({ headers }, rawBody);
  const read = bodySchema.safeParse(body);
  if (!read.success) throw new Fault('invalid', 'The body must hold the stream key as "name".');
  return read.data.name;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
