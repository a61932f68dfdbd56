import { z } from 'zod';
import { HyperswitchFailure } from './hyperswitch-failure.ts';
import { type Call, HyperswitchWire, type HyperswitchWireOptions } from './hyperswitch-wire.ts';

export { HyperswitchFailure, type HyperswitchOutcome } from './hyperswitch-failure.ts';
export type { Call, HyperswitchRequestSeen } from './hyperswitch-wire.ts';

/** A payment as the provider has it. Amounts in minor units, currency an upper-case ISO code. */
export interface ProviderPayment {
  paymentId: string;
  /** The provider's own word: `requires_payment_method`, `processing`, `succeeded`, … */
  status: string;
  /** `open` is whatever may still change, and every word that we don't know; `succeeded` says nothing of how much: see `capturedCents`. */
  state: 'open' | 'succeeded' | 'failed' | 'cancelled';
  amountCents: number;
  capturedCents: number;
  currency: string;
  /** With which the buyer's browser confirms the payment. */
  clientSecret: string | null;
  /** The text values; `payment_method` is among them (see `createPayment`). */
  metadata: Record<string, string>;
}

export interface ProviderRefund {
  refundId: string;
  paymentId: string;
  /** `pending` covers a refund under the provider's own review. */
  state: 'pending' | 'succeeded' | 'failed';
  amountCents: number;
  currency: string;
}

/**
 * Hyperswitch, as far as selling needs it. Amounts are whole minor units, currencies upper-case ISO codes. Every method fails with
 * `HyperswitchFailure` and nothing else and retries nothing by itself: the jobs do. There are no idempotency keys on this wire: the id that
 * we choose is the key (letters, digits, `_` and `-`; at most 30 characters are documented), which is why no outcome is unknown for good.
 */
export interface HyperswitchPort {
  /**
   * Makes the payment, or, if one of this id exists, answers that one, whatever has become of it; with another amount or currency it is a
   * `mismatch`. Not confirmed: the buyer does that with the client secret. `method` travels as `metadata.payment_method`, for the sandbox
   * and for whoever looks: the field of that name takes the provider's own words only, and it is the buyer who chooses.
   */
  createPayment: (
    request: {
      paymentId: string;
      amountCents: number;
      currency: string;
      method: string;
      metadata: Record<string, string>;
      returnUrl?: string | undefined;
    } & Call,
  ) => Promise<ProviderPayment>;
  /** null: the provider doesn't know it. Asks the acquirer too, so that a webhook that was lost on its way to the provider is made up for. */
  retrievePayment: (paymentId: string, call?: Call) => Promise<ProviderPayment | null>;
  /** A payment that is cancelled already is answered as it is; one that can't be cancelled any more, or isn't known, is `refused`. */
  cancelPayment: (paymentId: string, call?: Call) => Promise<ProviderPayment>;
  /** As `createPayment`: of an id that exists, that refund; of another payment or amount, a `mismatch`. */
  createRefund: (
    request: {
      refundId: string;
      paymentId: string;
      amountCents: number;
      reason: string;
      metadata: Record<string, string>;
    } & Call,
  ) => Promise<ProviderRefund>;
  /** null: the provider doesn't know it. */
  retrieveRefund: (refundId: string, call?: Call) => Promise<ProviderRefund | null>;
}

/** Hyperswitch's bound; a longer one is cut, not a reason to keep the buyer's money. */
const maxReasonLength = 255;

const cents = z.int().nonnegative();

/** The provider's last words on a payment; any other word is `open`. */
const finalStates = new Map<string, ProviderPayment['state']>([
  ['succeeded', 'succeeded'],
  ['partially_captured', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['cancelled_post_capture', 'cancelled'],
  ['expired', 'cancelled'],
]);

const paymentSchema = z
  .object({
    payment_id: z.string(),
    status: z.string(),
    amount: cents,
    amount_received: cents.nullish(),
    currency: z.string(),
    client_secret: z.string().nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform(
    (payment): ProviderPayment => ({
      paymentId: payment.payment_id,
      status: payment.status,
      state: finalStates.get(payment.status) ?? 'open',
      amountCents: payment.amount,
      capturedCents: payment.amount_received ?? 0,
      currency: payment.currency.toUpperCase(),
      clientSecret: payment.client_secret ?? null,
      metadata: textsOf(payment.metadata ?? {}),
    }),
  );

const refundSchema = z
  .object({
    refund_id: z.string(),
    payment_id: z.string(),
    status: z.enum(['pending', 'review', 'succeeded', 'failed']),
    amount: cents,
    currency: z.string(),
  })
  .transform(
    (refund): ProviderRefund => ({
      refundId: refund.refund_id,
      paymentId: refund.payment_id,
      state: refund.status === 'review' ? 'pending' : refund.status,
      amountCents: refund.amount,
      currency: refund.currency.toUpperCase(),
    }),
  );

/** The port over plain `fetch`. Throws for a key that no header can carry. */
export function createHyperswitchPort(options: HyperswitchWireOptions): HyperswitchPort {
  const wire = new HyperswitchWire(options);

  const retrievePayment: HyperswitchPort['retrievePayment'] = async (paymentId, call = {}) => {
    const path = `/payments/${checkId(paymentId)}?force_sync=true`;
    return await orNull(wire.get('payments.retrieve', path, paymentSchema, call));
  };

  const retrieveRefund: HyperswitchPort['retrieveRefund'] = async (refundId, call = {}) => {
    const path = `/refunds/${checkId(refundId)}?force_sync=true`;
    return await orNull(wire.get('refunds.retrieve', path, refundSchema, call));
  };

  return {
    async createPayment({ paymentId, amountCents, currency, method, metadata, returnUrl, ...call }) {
      const body = {
        payment_id: checkId(paymentId),
        amount: amountCents,
        currency: currency.toUpperCase(),
        confirm: false,
        capture_method: 'automatic',
        metadata: { ...metadata, payment_method: method },
        return_url: returnUrl,
      };
      const payment = await orExisting(
        wire.post('payments.create', '/payments', body, paymentSchema, call),
        async () => await retrievePayment(paymentId, call),
      );
      if (payment.amountCents === amountCents && payment.currency === body.currency) return payment;
      throw mismatch(
        `Payment ${paymentId} is over ${payment.amountCents} ${payment.currency}, not ${amountCents} ${body.currency}.`,
      );
    },

    retrievePayment,

    async cancelPayment(paymentId, call = {}) {
      const path = `/payments/${checkId(paymentId)}/cancel`;
      try {
        return await wire.post('payments.cancel', path, {}, paymentSchema, call);
      } catch (error) {
        if (!(error instanceof HyperswitchFailure) || error.outcome !== 'refused') throw error;
        // A second cancel is refused like any other, and may be the repeat of one whose answer was lost.
        const payment = await retrievePayment(paymentId, call);
        if (payment?.state === 'cancelled') return payment;
        throw error;
      }
    },

    async createRefund({ refundId, paymentId, amountCents, reason, metadata, ...call }) {
      const body = {
        refund_id: checkId(refundId),
        payment_id: paymentId,
        amount: amountCents,
        reason: Array.from(reason).slice(0, maxReasonLength).join(''),
        metadata,
      };
      const refund = await orExisting(
        wire.post('refunds.create', '/refunds', body, refundSchema, call),
        async () => await retrieveRefund(refundId, call),
      );
      if (refund.amountCents === amountCents && refund.paymentId === paymentId) return refund;
      throw mismatch(
        `Refund ${refundId} is ${refund.amountCents} of ${refund.paymentId}, not ${amountCents} of ${paymentId}.`,
      );
    },

    retrieveRefund,
  };
}

/** An id as the provider takes it, so that it is safe in a path. */
function checkId(id: string): string {
  if (/^[\w-]{1,64}$/.test(id)) return id;
  const failure = { outcome: 'refused', code: 'invalid_id', status: null, requestId: null } as const;
  throw new HyperswitchFailure(failure, 'The id is not one that Hyperswitch could know. Nothing was sent.');
}

/** null for what the provider says it doesn't know; a 404 without its word for that is a wrong address or a proxy. */
async function orNull<Row>(reading: Promise<Row>): Promise<Row | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HyperswitchFailure && error.status === 404 && error.code === 'HE_02') return null;
    throw error;
  }
}

/** What was made now, or, when the id was there already, what was made under it then. */
async function orExisting<Row>(making: Promise<Row>, read: () => Promise<Row | null>): Promise<Row> {
  try {
    return await making;
  } catch (error) {
    // Not only a duplicate: of a whole refund that is there the provider says first that nothing is left to refund.
    if (!(error instanceof HyperswitchFailure) || error.outcome !== 'refused') throw error;
    const existing = await read();
    if (existing !== null) return existing;
    if (error.code !== 'HE_01') throw error;
    // There and not there: two replicas of the provider that will agree a little later.
    const { code, status, requestId } = error;
    throw new HyperswitchFailure({ outcome: 'retry', code, status, requestId }, error.message, error);
  }
}

function mismatch(message: string): HyperswitchFailure {
  return new HyperswitchFailure({ outcome: 'mismatch', code: 'mismatch', status: null, requestId: null }, message);
}

function textsOf(metadata: Record<string, unknown>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) if (typeof value === 'string') texts[name] = value;
  return texts;
}
