import { signWebhook } from '../../../shared/hyperswitch-signature.ts';
import { newId, type WebhookEvent } from './rows.ts';
import { merchantId } from './view.ts';

/** What a webhook is about. */
export interface EventContent {
  type: 'payment_details' | 'refund_details' | 'dispute_details';
  object: object;
}

/** A webhook that waits to be sent. `at` is in Unix milliseconds. */
export function newEvent(
  eventType: string,
  content: EventContent,
  about: { paymentId: string | null; at: number; eventId?: string | undefined },
): WebhookEvent {
  const event_id = about.eventId ?? newId('evt');
  const timestamp = new Date(about.at).toISOString();
  return {
    event_id,
    event_type: eventType,
    payment_id: about.paymentId,
    body: JSON.stringify({ merchant_id: merchantId, event_id, event_type: eventType, content, timestamp }),
    state: 'waiting',
    tries: 0,
    last_status: null,
  };
}

/** A payment's event of a moment before, which therefore comes too late: that it is being processed. */
export function olderEvent(event: WebhookEvent, payment: { updated: number }): WebhookEvent | null {
  if (event.event_type !== 'payment_succeeded' && event.event_type !== 'payment_failed') return null;
  const at = payment.updated - 1;
  const { content } = JSON.parse(event.body) as { content: EventContent };
  const before = { status: 'processing', amount_received: null, error_code: null, error_message: null };
  const object = { ...content.object, ...before, updated: new Date(at).toISOString() };
  return newEvent('payment_processing', { ...content, object }, { paymentId: event.payment_id, at });
}

/** The headers of a webhook with this very body: Hyperswitch's own signature, and the same under the name that our API documents. */
export function signedHeaders(body: string, secret: string): Record<string, string> {
  const signature = signWebhook(Buffer.from(body), secret);
  return {
    'Content-Type': 'application/json',
    'x-webhook-signature-512': signature,
    'X-Hyperswitch-Signature': signature,
  };
}
