import { beginRefund } from '../../db/marketplace/begin-refund.ts';
import { orderRulesOf, type OrderRulesConfig } from '../../db/marketplace/order-rules.ts';
import { lockOrder } from '../../db/marketplace/orders.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { leaveTrace, type Operator } from './operator.ts';

/**
 * Sends an order's money back on an operator's word, whenever it was paid: the way out of an order that is held because
 * what was captured is not its total. Answers the refund's id. Faults: `not_found`; `conflict` where there is no money to
 * send back, or a refund is under way or done.
 */
export async function refundOrder(
  deps: TransactDeps & { config: OrderRulesConfig },
  orderId: string,
  operator: Operator,
): Promise<string> {
  return transact(deps, async tx => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw new Fault('not_found', 'There is no such order.');
    // What a credit note can print of it.
    const reason = operator.reason?.slice(0, 500).toWellFormed() ?? 'Refunded by the platform';
    const wish = { askedBy: null, reason, details: null };
    const paid = order.paymentState === 'succeeded';
    const refund = paid && (await beginRefund(tx, order, wish, orderRulesOf(deps.config), { requestId: uuidV7() }));
    if (!refund)
      throw new Fault(
        'conflict',
        `The order is ${order.status}, its payment ${order.paymentState}: nothing to send back.`,
      );
    const { id, amountCents, currency } = refund;
    await leaveTrace(tx, operator, {
      action: 'order.refund',
      subject: orderId,
      details: { id, amountCents, currency },
    });
    return id;
  });
}
