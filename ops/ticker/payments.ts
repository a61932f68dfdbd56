import { randomUUID } from 'node:crypto';
import { applyPayment, type PaymentNews } from '../../db/marketplace/apply-payment.ts';
import { insertRefundJob } from '../../db/marketplace/begin-refund.ts';
import { orderRulesOf } from '../../db/marketplace/order-rules.ts';
import {
  checkOrderLater,
  lockOrder,
  moveOrder,
  takeUncheckedOrders,
  type UncheckedOrder,
} from '../../db/marketplace/orders.ts';
import { takeUncheckedRefunds } from '../../db/marketplace/refunds.ts';
import { settleRefund } from '../../db/marketplace/settle-refund.ts';
import type { Spine } from '../../db/spine.ts';
import { transact } from '../../db/transact.ts';
import { HyperswitchFailure, type ProviderPayment } from '../../shared/ports/hyperswitch.ts';
import type { Ports } from '../../shared/ports/ports.ts';

export type PaymentsDeps = Pick<Spine, 'db' | 'dispatch' | 'config' | 'log'> & { ports: Pick<Ports, 'hyperswitch'> };

const pageRows = 50;
/** Whoever takes a row asks within this time; if they die, somebody asks again after it. */
const leaseMs = 5 * 60_000;

/**
 * Asks the provider about orders and refunds that have heard nothing for half an hour, and acts on its answer just as on a
 * webhook: whichever comes first counts, the other changes nothing. Orders that stay unpaid for a day expire here. True if
 * there is more.
 */
export async function reconcilePaymentsOnce(deps: PaymentsDeps): Promise<boolean> {
  const orders = await takeUncheckedOrders(deps.db, pageRows, leaseMs);
  for (const order of orders) await each(deps, { orderId: order.id }, () => reconcileOrder(deps, order));
  const refunds = await takeUncheckedRefunds(deps.db, pageRows, leaseMs);
  for (const refund of refunds) await each(deps, { refundId: refund.id }, () => reconcileRefund(deps, refund));
  return orders.length === pageRows || refunds.length === pageRows;
}

/** One that the provider has no answer for must not keep the others waiting; it is taken again. */
async function each(deps: PaymentsDeps, what: Record<string, string>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.log.warn({ err: error, ...what }, 'the payment provider could not be asked');
  }
}

async function reconcileOrder(deps: PaymentsDeps, order: UncheckedOrder): Promise<void> {
  const { hyperswitch } = deps.ports;
  let payment = await hyperswitch.retrievePayment(order.paymentId);
  if (payment && payment.state !== 'succeeded' && order.overdue) payment = await cancel(deps, payment);
  if (payment && payment.state !== 'open') await apply(deps, newsOf(payment));
  if (!order.overdue) return checkOrderLater(deps.db, order.id);
  if (payment && payment.state === 'open') return; // it can't be cancelled any more, nor has it succeeded: soon
  await transact(deps, async tx => {
    const row = await lockOrder(tx, order.id);
    if (row && row.paymentState !== 'succeeded') await moveOrder(tx, order.id, 'expired');
  });
}

/** So that nobody pays for what is no longer there. A payment that can't be cancelled is read once more. */
async function cancel(deps: PaymentsDeps, payment: ProviderPayment): Promise<ProviderPayment> {
  const { hyperswitch } = deps.ports;
  try {
    return await hyperswitch.cancelPayment(payment.paymentId);
  } catch (error) {
    if (!(error instanceof HyperswitchFailure) || error.outcome !== 'refused') throw error;
    return (await hyperswitch.retrievePayment(payment.paymentId)) ?? payment;
  }
}

function newsOf({ paymentId, state, capturedCents, currency }: ProviderPayment): PaymentNews {
  return { paymentId, state, capturedCents, currency };
}

async function apply(deps: PaymentsDeps, news: PaymentNews): Promise<void> {
  const outcome = await transact(deps, tx =>
    applyPayment(tx, news, orderRulesOf(deps.config), { requestId: randomUUID() }),
  );
  deps.log.info({ paymentId: news.paymentId, state: news.state, outcome }, 'a payment was reconciled');
}

async function reconcileRefund(deps: PaymentsDeps, { id, refundId }: { id: string; refundId: string }): Promise<void> {
  const refund = await deps.ports.hyperswitch.retrieveRefund(refundId);
  const cause = { requestId: randomUUID() };
  if (!refund) {
    // It has never reached the provider.
    await transact(deps, tx => insertRefundJob(tx, id, cause));
    return;
  }
  const { state, amountCents, currency } = refund;
  const news = { refundId, state, amountCents, currency, failure: null };
  const outcome = await transact(deps, tx => settleRefund(tx, news, orderRulesOf(deps.config), cause));
  deps.log.info({ refundId: id, state, outcome }, 'a refund was reconciled');
}
