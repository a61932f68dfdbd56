import { z } from 'zod';
import { receive } from '../../../db/fieldservice/notifications.ts';
import { Fault } from '../../../shared/fault.ts';
import { isUuid } from '../../../shared/uuid.ts';
import { defineRoute, type Route } from '../../route.ts';

const receipt = defineRoute({
  method: 'POST',
  path: '/v1/webhooks/twilio',
  summary: "What becomes of texts, by Twilio's status callback",
  description:
    'A form, signed over this address and its fields in `X-Twilio-Signature`; 403 `BAD_SIGNATURE` otherwise. Moves a notification forward: to `sent`, then to `delivered` or `failed`, in whatever order receipts come. A message that nobody here knows is answered 200 all the same. 404 where no provider is configured.',
  roles: 'public',
  idempotency: 'none',
  // The provider sends what it has to send: a limit would only lose receipts.
  limitPerMinute: 0,
  bodyKind: 'raw',
  maxBodyBytes: 65_536,
  faults: ['forbidden', 'not_found'],
  query: z.object({ notificationId: z.string().max(100).optional() }),
  response: { 200: z.object({ ok: z.literal(true) }) },
  async handler({ rawBody, headers, query, edge, db }) {
    const { texter } = edge.ports;
    if (!texter) throw new Fault('not_found', 'There is nothing at this path.');
    const signature = [headers['x-twilio-signature']].flat()[0];
    const form = Object.fromEntries(new URLSearchParams(rawBody.toString('utf8')));
    const { notificationId: reference = null } = query;
    const read = await texter.readReceipt({ reference, signature, form });
    if (read === 'forged')
      throw new Fault('forbidden', 'The signature is missing or wrong.', { reason: 'bad_signature' });
    if (read) {
      const { id: providerMessageId, status, error } = read;
      const notificationId = reference !== null && isUuid(reference) ? reference : null;
      await receive(db, { providerMessageId, notificationId, status, error });
    }
    return { status: 200, body: { ok: true } };
  },
});

export const twilioWebhookRoutes: readonly Route[] = [receipt];
