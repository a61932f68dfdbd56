import { raiseAlert } from '../../db/core/alerts.ts';
import { lockOrder } from '../../db/marketplace/orders.ts';
import { getRefund } from '../../db/marketplace/refunds.ts';
import { Fault } from '../../shared/fault.ts';
import type { refund as spec } from '../../shared/jobs/refund.ts';
import { HyperswitchFailure } from '../../shared/ports/hyperswitch.ts';
import type { Handler } from '../handler.ts';

/**
 * Asks the provider for a refund, under an id derived from its row: asked again, it answers the same one. Its answer settles
 * nothing, not even a "succeeded": the webhook does, or the reconciler where none comes.
 */
export const refund: Handler<typeof spec, 'hyperswitch'> = async (ctx, { refundId }) => {
  const { row, order } = await ctx.transact(async tx => {
    const seen = await getRefund(tx, refundId);
    const locked = seen && (await lockOrder(tx, seen.orderId));
    return { row: locked && (await getRefund(tx, refundId)), order: locked };
  });
  const paymentId = order?.paymentId ?? null;
  if (!row || paymentId === null) throw new Fault('not_found', 'There is no such refund, or nothing was paid.');
  if (row.status !== 'pending') return { refundId, state: 'settled' };
  // Charged back meanwhile: the buyer's bank has the money already.
  if (order?.status !== 'refund_pending')
    throw new Fault('conflict', `The order is ${order?.status}.`, { reason: 'refund_refused' });
  const { amountCents, reason, orderId } = row;
  const request = { refundId: row.refundId, paymentId, amountCents, reason, metadata: { order_id: orderId } };
  const call = { signal: ctx.signal, ...(ctx.traceparent === null ? {} : { traceparent: ctx.traceparent }) };
  try {
    const { state } = await ctx.ports.hyperswitch.createRefund({ ...request, ...call });
    return { refundId, state };
  } catch (error) {
    if (!(error instanceof HyperswitchFailure)) throw error;
    if (error.outcome === 'refused')
      throw new Fault('unprocessable', error.message, { reason: 'refund_refused', cause: error });
    if (error.outcome === 'retry')
      throw new Fault('unavailable', 'The payment provider did not answer.', {
        reason: 'provider_unavailable',
        cause: error,
      });
    const kind = error.outcome === 'mismatch' ? 'refund_mismatch' : 'provider_misconfigured';
    const details = { code: error.code, status: error.status };
    await ctx.transact(tx => raiseAlert(tx, { kind, subject: refundId, details }));
    throw new Fault('unavailable', 'The payment provider refuses our request as such.', { reason: kind, cause: error });
  }
};
