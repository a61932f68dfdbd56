import type { Transaction } from '../../db/connect.ts';
import { raiseAlert } from '../../db/core/alerts.ts';
import { applyPayment } from '../../db/marketplace/apply-payment.ts';
import { applyDispute } from '../../db/marketplace/disputes.ts';
import type { OrderCause, OrderRules } from '../../db/marketplace/order-rules.ts';
import { getPaymentEvent, markEventHandled } from '../../db/marketplace/payment-events.ts';
import { settleRefund } from '../../db/marketplace/settle-refund.ts';
import { Fault } from '../../shared/fault.ts';
import type { paymentEvent as spec } from '../../shared/jobs/payment-event.ts';
import { readPaymentNews, type PaymentEventNews } from '../../shared/payment-news.ts';
import type { Handler } from '../handler.ts';

/** Acts on a recorded webhook: all that it changes commits together with the job's result. */
export function paymentEvent(rules: OrderRules): Handler<typeof spec> {
  return async (ctx, { eventId }) => {
    const event = await getPaymentEvent(ctx.tx, eventId);
    if (!event) throw new Fault('not_found', 'The event has been deleted.');
    const news = readPaymentNews(JSON.parse(event.body) as unknown);
    const outcome = await act(ctx.tx, news, rules, { requestId: ctx.job.requestId, trace: ctx.traceparent });
    // An event of a type that we act on, but can't read: somebody must look at what the provider sends.
    if (outcome === 'incomplete')
      await raiseAlert(ctx.tx, { kind: 'webhook_incomplete', subject: eventId, details: { type: event.eventType } });
    await markEventHandled(ctx.tx, eventId, outcome);
    return { eventId, outcome };
  };
}

function act(tx: Transaction, news: PaymentEventNews, rules: OrderRules, cause: OrderCause): Promise<string> {
  if (news.about === 'payment') return applyPayment(tx, news, rules, cause);
  if (news.about === 'refund') return settleRefund(tx, news, rules, cause);
  if (news.about === 'dispute') return applyDispute(tx, news, rules, cause);
  return Promise.resolve(news.why);
}
