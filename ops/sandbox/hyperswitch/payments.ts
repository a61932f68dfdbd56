import { z } from 'zod';
import { type Call, chosenId, type Endpoint, metadata, readBody, subjectOfPayment } from './endpoint.ts';
import { duplicatePayment, HyperswitchRefusal, notFound } from './refusal.ts';
import { newId, type Payment } from './rows.ts';
import { awaitPayment, movePayment } from './settle.ts';
import { renderPayment } from './view.ts';

const currencies = new Set(Intl.supportedValuesOf('currency'));

const createBody = z.strictObject({
  payment_id: chosenId.optional(),
  amount: z.int().min(1),
  currency: z.string().refine(code => currencies.has(code), 'an upper-case ISO code'),
  confirm: z.literal(false).optional(),
  capture_method: z.literal('automatic').optional(),
  metadata: metadata.nullish(),
  return_url: z.url().nullish(),
  description: z.string().max(1000).nullish(),
});

/**
 * Makes a payment that nobody has confirmed yet. Here `metadata.payment_method` then says what becomes of it, after `settleAfterMs`:
 * `card_declined` fails, `manual` waits for the operator or for a webhook that somebody else signs, everything else succeeds.
 */
export const createPayment: Endpoint = {
  name: 'payments.create',
  method: 'POST',
  path: /^\/payments$/,
  subject: call => {
    const given = z.object({ payment_id: z.unknown(), metadata: z.unknown() }).safeParse(call.body).data;
    return subjectOfPayment(call, given?.payment_id, given?.metadata);
  },
  run: call => {
    const { world } = call;
    const body = readBody(createBody, call.body);
    const payment_id = body.payment_id ?? newId('pay');
    if (world.store.get('payments', payment_id) !== undefined) throw duplicatePayment(payment_id);
    const now = world.nowMs();
    const payment: Payment = {
      payment_id,
      client_secret: newId(`${payment_id}_secret`),
      amount: body.amount,
      currency: body.currency,
      status: 'requires_payment_method',
      amount_received: null,
      metadata: body.metadata ?? null,
      description: body.description ?? null,
      return_url: body.return_url ?? null,
      cancellation_reason: null,
      created: now,
      updated: now,
      settles: settlementOf(call, body.metadata?.['payment_method'], now),
    };
    world.store.put('payments', payment_id, payment);
    awaitPayment(world, payment);
    return renderPayment(payment);
  },
};

export const retrievePayment: Endpoint = {
  name: 'payments.retrieve',
  method: 'GET',
  path: /^\/payments\/([\w-]+)$/,
  subject: call => subjectOfPayment(call, call.id),
  run: call => renderPayment(requirePayment(call)),
};

/** Refused once the payment is settled, under way or cancelled. */
export const cancelPayment: Endpoint = {
  name: 'payments.cancel',
  method: 'POST',
  path: /^\/payments\/([\w-]+)\/cancel$/,
  subject: call => subjectOfPayment(call, call.id),
  run: call => {
    const body = readBody(z.strictObject({ cancellation_reason: z.string().nullish() }).optional(), call.body);
    const payment = requirePayment(call);
    if (payment.status !== 'requires_payment_method') {
      const message = `You cannot cancel this payment because it has status ${payment.status}`;
      throw new HyperswitchRefusal(400, 'IR_16', message);
    }
    const cancellation_reason = body?.cancellation_reason ?? null;
    return renderPayment(movePayment(call.world, payment, { status: 'cancelled', cancellation_reason }));
  },
};

function requirePayment({ world, id }: Call): Payment {
  const payment = world.store.get('payments', id);
  if (payment === undefined) throw notFound('Payment');
  return payment;
}

function settlementOf(call: Call, method: unknown, now: number): Payment['settles'] {
  const { faults, settleAfterMs } = call.world;
  if (method === 'manual') return null;
  const fails = method === 'card_declined' || faults.take('outcome', createPayment.name, createPayment.subject(call));
  return { outcome: fails ? 'failed' : 'succeeded', at: now + settleAfterMs };
}
