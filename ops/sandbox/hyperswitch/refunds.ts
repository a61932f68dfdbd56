import { z } from 'zod';
import { type Call, chosenId, type Endpoint, metadata, readBody, subjectOfPayment } from './endpoint.ts';
import { duplicateRefund, HyperswitchRefusal, notFound } from './refusal.ts';
import { newId, type Payment, type Refund } from './rows.ts';
import { awaitRefund, type World } from './settle.ts';
import { renderRefund } from './view.ts';

const createBody = z.strictObject({
  payment_id: chosenId,
  refund_id: chosenId.optional(),
  amount: z.int().min(1).optional(),
  reason: z.string().max(255).nullish(),
  metadata: metadata.nullish(),
  refund_type: z.enum(['instant', 'scheduled']).optional(),
});

/** Gives back all that is left of a captured payment, or a part. It settles after `settleAfterMs`; a reason with "fail" in it makes it fail. */
export const createRefund: Endpoint = {
  name: 'refunds.create',
  method: 'POST',
  path: /^\/refunds$/,
  subject: call => subjectOfPayment(call, z.object({ payment_id: z.unknown() }).safeParse(call.body).data?.payment_id),
  run: call => {
    const { world } = call;
    const body = readBody(createBody, call.body);
    const refund_id = body.refund_id ?? newId('ref');
    const payment = world.store.get('payments', body.payment_id);
    if (payment === undefined) throw notFound('Payment');
    const left = refundableOf(world, payment);
    const amount = body.amount ?? left;
    if (amount > left || amount === 0) {
      throw new HyperswitchRefusal(400, 'IR_13', 'The refund amount exceeds the amount captured');
    }
    // Last, as Hyperswitch does: a whole refund that is asked for twice "exceeds the amount captured".
    if (world.store.get('refunds', refund_id) !== undefined) throw duplicateRefund();
    const now = world.nowMs();
    const fails = /fail/i.test(body.reason ?? '') || takeFailure(call);
    const refund: Refund = {
      refund_id,
      payment_id: payment.payment_id,
      amount,
      currency: payment.currency,
      status: 'pending',
      reason: body.reason ?? null,
      metadata: body.metadata ?? null,
      created_at: now,
      updated_at: now,
      settles: { outcome: fails ? 'failed' : 'succeeded', at: now + world.settleAfterMs },
    };
    world.store.put('refunds', refund_id, refund);
    awaitRefund(world, refund);
    return renderRefund(refund);
  },
};

export const retrieveRefund: Endpoint = {
  name: 'refunds.retrieve',
  method: 'GET',
  path: /^\/refunds\/([\w-]+)$/,
  subject: call => subjectOfPayment(call, call.world.store.get('refunds', call.id)?.payment_id),
  run: ({ world, id }) => {
    const refund = world.store.get('refunds', id);
    if (refund === undefined) throw notFound('Refund');
    return renderRefund(refund);
  },
};

/** What was captured, less every refund that hasn't failed. */
function refundableOf(world: World, payment: Payment): number {
  if (payment.status !== 'succeeded' && payment.status !== 'partially_captured') {
    const message = `This Payment could not be refund because it has a status of ${payment.status}. The expected state is succeeded, partially_captured`;
    throw new HyperswitchRefusal(400, 'IR_14', message);
  }
  let left = payment.amount_received ?? 0;
  for (const refund of world.store.all('refunds')) {
    if (refund.payment_id === payment.payment_id && refund.status !== 'failed') left -= refund.amount;
  }
  return left;
}

function takeFailure(call: Call): boolean {
  return call.world.faults.take('outcome', createRefund.name, createRefund.subject(call)) !== null;
}
