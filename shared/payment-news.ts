import { z } from 'zod';

/**
 * What a webhook of the payment provider says, in our words. It comes as Hyperswitch sends it, `{event_id, event_type:
 * "payment_succeeded", content: {object}}`, or in the older form `{event: "payment.succeeded", …}`, whose facts are in
 * `data.object`, `data`, `object` or beside `event`.
 */
export type PaymentEventNews =
  | {
      about: 'payment';
      paymentId: string;
      state: 'open' | 'succeeded' | 'failed' | 'cancelled';
      /** Cents that were captured; null where it does not say. */
      capturedCents: number | null;
      currency: string | null;
    }
  | {
      about: 'refund';
      refundId: string;
      state: 'pending' | 'succeeded' | 'failed';
      amountCents: number | null;
      currency: string | null;
      failure: string | null;
    }
  | { about: 'dispute'; disputeId: string; paymentId: string; state: 'open' | 'won' | 'lost' }
  /** Nothing that we act on, or not what an event of its type must say. */
  | { about: 'nothing'; why: 'unknown_type' | 'incomplete' };

const cents = z.int().min(0);
/** As a row can hold it. */
const text = z
  .string()
  .min(1)
  .max(200)
  .refine(given => given.isWellFormed() && !given.includes('\u0000'));

const headSchema = z.looseObject({ event_id: text.nullish(), event_type: text.nullish(), event: text.nullish() });

/** `id` is the provider's own for the event, where it has one; `type` has underscores. Null for what is no event at all. */
export function readEventHead(body: unknown): { id: string | null; type: string } | null {
  const head = headSchema.safeParse(body);
  const type = head.data?.event_type ?? head.data?.event;
  return type ? { id: head.data?.event_id ?? null, type: type.replaceAll('.', '_').toLowerCase() } : null;
}

const objectSchema = z.looseObject({
  payment_id: text.nullish(),
  refund_id: text.nullish(),
  dispute_id: text.nullish(),
  amount: z.union([cents, z.string()]).nullish(),
  amount_received: cents.nullish(),
  amount_captured: cents.nullish(),
  currency: z
    .string()
    .regex(/^[a-z]{3}$/i)
    .nullish(),
  error_message: z.string().nullish(),
});

const paymentStates = new Map<string, 'open' | 'succeeded' | 'failed' | 'cancelled'>([
  ['payment_succeeded', 'succeeded'],
  ['payment_partially_captured', 'succeeded'],
  ['payment_captured', 'succeeded'],
  ['payment_failed', 'failed'],
  ['payment_processing', 'open'],
  ['payment_authorized', 'open'],
  ['payment_cancelled', 'cancelled'],
  ['payment_cancelled_post_capture', 'cancelled'],
  ['payment_expired', 'cancelled'],
]);
const refundStates = new Map<string, 'pending' | 'succeeded' | 'failed'>([
  ['refund_succeeded', 'succeeded'],
  ['refund_failed', 'failed'],
  ['refund_pending', 'pending'],
  ['refund_processing', 'pending'],
]);
const disputeStates = new Map<string, 'open' | 'won' | 'lost'>([
  ['dispute_opened', 'open'],
  ['dispute_challenged', 'open'],
  ['dispute_won', 'won'],
  ['dispute_cancelled', 'won'],
  ['dispute_lost', 'lost'],
  ['dispute_accepted', 'lost'],
  ['dispute_expired', 'lost'],
]);

export function readPaymentNews(body: unknown): PaymentEventNews {
  const type = readEventHead(body)?.type ?? '';
  const facts = objectSchema.safeParse(objectOf(body));
  const incomplete = { about: 'nothing', why: 'incomplete' } as const;
  const object = facts.data;
  const currency = object?.currency?.toUpperCase() ?? null;
  const amount = typeof object?.amount === 'number' ? object.amount : null;
  const paymentState = paymentStates.get(type);
  if (paymentState !== undefined) {
    if (!object?.payment_id) return incomplete;
    // The older form has only `amount`, which is what was wanted. Only a success says that all of it came: `captured` is
    // also what the provider calls a part.
    const whole = type === 'payment_succeeded' ? amount : null;
    const capturedCents = object.amount_received ?? object.amount_captured ?? whole;
    return { about: 'payment', paymentId: object.payment_id, state: paymentState, capturedCents, currency };
  }
  const refundState = refundStates.get(type);
  if (refundState !== undefined) {
    if (!object?.refund_id) return incomplete;
    // Cut first, then mended: a cut may leave half of a surrogate pair, which no row can hold.
    const failure = object.error_message?.slice(0, 500).replaceAll('\u0000', '\uFFFD').toWellFormed() ?? null;
    return { about: 'refund', refundId: object.refund_id, state: refundState, amountCents: amount, currency, failure };
  }
  const disputeState = disputeStates.get(type);
  if (disputeState !== undefined) {
    if (!object?.dispute_id || !object.payment_id) return incomplete;
    return { about: 'dispute', disputeId: object.dispute_id, paymentId: object.payment_id, state: disputeState };
  }
  return { about: 'nothing', why: 'unknown_type' };
}

function objectOf(body: unknown): unknown {
  const { content, data, object } = body as Record<string, { object?: unknown } | undefined>;
  return content?.object ?? data?.object ?? data ?? object ?? body;
}
