import { createHash } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { recordPaymentEvent, recordRefusedWebhook } from '../../../db/marketplace/payment-events.ts';
import { Fault } from '../../../shared/fault.ts';
import { verifyWebhook } from '../../../shared/hyperswitch-signature.ts';
import { readEventHead } from '../../../shared/payment-news.ts';
import { defineRoute, type Route } from '../../route.ts';

const maxBodyBytes = 65_536;
/** As every parser of JSON does, it leaves a byte order mark out. */
const decoder = new TextDecoder('utf-8', { fatal: true });
/** Forged deliveries are worth a trace, not a table that anybody can fill. */
const refusals = new RateLimiterMemory({ points: 60, duration: 60 });

const hyperswitch = defineRoute({
  method: 'POST',
  path: '/api/v1/webhooks/hyperswitch',
  summary: 'What the payment provider tells us',
  description:
    'Signed over the raw body: hex HMAC-SHA512 in `X-Hyperswitch-Signature` or `x-webhook-signature-512`. A 200 says that the event is recorded; a job acts on it. An event that was delivered before changes nothing. A payment must say what was captured (`amount_received`, else `amount`) and its `currency`.',
  roles: 'public',
  idempotency: 'none',
  // The provider sends what it has to send: a limit would only make it come again.
  limitPerMinute: 0,
  bodyKind: 'raw',
  maxBodyBytes,
  faults: ['unauthenticated'],
  response: { 200: z.strictObject({ message: z.string() }) },
  async handler({ rawBody, headers, ip, edge, requestId, traceparent: trace, transact }) {
    const sha256 = createHash('sha256').update(rawBody).digest();
    const signature = headers['x-hyperswitch-signature'] ?? headers['x-webhook-signature-512'];
    if (!verifyWebhook(rawBody, [signature].flat()[0], edge.config.hyperswitchWebhookSecret ?? [])) {
      const noted = await refusals.consume('all').catch(() => null);
      if (noted) await recordRefusedWebhook(edge.db, { sha256, sizeBytes: rawBody.length, address: ip });
      throw new Fault('unauthenticated', 'The signature is missing or wrong.', { reason: 'bad_signature' });
    }
    const { text, body } = parseSigned(rawBody);
    const head = readEventHead(body);
    if (!head) throw new Fault('invalid', 'The body names no event.', { reason: 'no_event' });
    const eventKey = head.id === null ? `sha256:${sha256.toString('hex')}` : `id:${head.id}`;
    const event = { eventKey, eventType: head.type, body: text, sha256, address: ip };
    const isNew = await transact(tx => recordPaymentEvent(tx, event, { requestId, trace }));
    return { status: 200, body: { message: isNew ? 'recorded' : 'known' } };
  },
});

/**
 * What is signed is recorded, whatever it calls itself and whatever its buyer has written into it: as text, a row can hold a
 * U+0000 or half of a surrogate pair, which JSON spells out, and the job reads only what it needs.
 */
function parseSigned(rawBody: Buffer): { text: string; body: unknown } {
  try {
    const text = decoder.decode(rawBody);
    return { text, body: JSON.parse(text) as unknown };
  } catch {
    throw new Fault('malformed', 'The body is not valid JSON in UTF-8.');
  }
}

export const webhookRoutes: readonly Route[] = [hyperswitch];
