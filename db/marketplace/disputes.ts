import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { raiseAlert } from '../core/alerts.ts';
import { sql } from '../sql.ts';
import type { OrderCause, OrderRules } from './order-rules.ts';
import { holdTransfers, releaseHeldTransfers, undoTransfers } from './order-transfers.ts';
import { lockOrderOfPayment, moveOrder } from './orders.ts';

/** What the provider says of a dispute: a buyer's bank wants the money back. */
export interface DisputeNews {
  disputeId: string;
  paymentId: string;
  state: 'open' | 'won' | 'lost';
}

const recordSql = sql('marketplace/disputes/record');
const isOpenSql = sql('marketplace/disputes/is-open');

/**
 * Acts on news of a dispute, once. While one is open the order's transfers are frozen; won, they are paid after all; lost,
 * they are undone. During a refund the dispute is only noted: the refund's end looks for it. Answers in a word.
 */
export async function applyDispute(
  tx: Transaction,
  news: DisputeNews,
  rules: Pick<OrderRules, 'retryEnabled'>,
  cause: OrderCause,
): Promise<string> {
  const order = await lockOrderOfPayment(tx, news.paymentId);
  if (!order) {
    await raiseAlert(tx, { kind: 'dispute_unknown', subject: news.disputeId, details: { ...news } });
    return 'unknown_payment';
  }
  const values = { id: uuidV7(), orderId: order.id, disputeId: news.disputeId, status: news.state };
  if (!(await tx.oneOrNone(recordSql(values)))) return 'repeated';
  const jobs = { ...cause, retryEnabled: rules.retryEnabled };
  await raiseAlert(tx, { kind: `dispute_${news.state}`, subject: order.id, details: { ...news, order: order.status } });
  if (news.state === 'open') {
    if (await moveOrder(tx, order.id, 'disputed')) await holdTransfers(tx, order.id, jobs);
    return 'disputed';
  }
  if (news.state === 'lost') {
    // One that is lost before we heard of its opening.
    if (order.status === 'completed' && (await moveOrder(tx, order.id, 'disputed')))
      await holdTransfers(tx, order.id, jobs);
    if (!(await moveOrder(tx, order.id, 'charged_back'))) return 'noted';
    await undoTransfers(tx, order.id, jobs);
    return 'charged_back';
  }
  if (order.status !== 'disputed' || (await isDisputed(tx, order.id))) return 'noted';
  await moveOrder(tx, order.id, 'completed');
  await releaseHeldTransfers(tx, order.id, jobs);
  return 'dispute_won';
}

/** Whether a dispute of the order is open. */
export async function isDisputed(db: Connection, orderId: string): Promise<boolean> {
  return (await db.one<{ open: boolean }>(isOpenSql({ orderId }))).open;
}
