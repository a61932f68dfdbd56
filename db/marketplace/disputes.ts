import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { raiseAlert } from '../core/alerts.ts';
import { sql } from '../sql.ts';
import type { OrderCause, OrderRules } from './order-rules.ts';
import { holdTransfers, releaseHeldTransfers, undoTransfers } from './order-transfers.ts';
import { lockOrderOfPayment, moveOrder } from './orders.ts';
import type { TransferOrder } from './transfer-jobs.ts';

/** What the provider says of a dispute: a buyer's bank wants the money back. */
export interface DisputeNews {
  disputeId: string;
  paymentId: string;
  state: 'open' | 'won' | 'lost';
}

const recordSql = sql('marketplace/disputes/record');
const getSql = sql('marketplace/disputes/get');
const standingSql = sql('marketplace/disputes/standing');

type Rules = Pick<OrderRules, 'retryEnabled'>;

/**
 * Acts on news of a dispute, once. While one is open the order's transfers are frozen; won, they are paid after all; lost,
 * they are undone. One that is opened during a refund is only noted: the refund's end looks for it. Answers in a word.
 */
export async function applyDispute(
  tx: Transaction,
  news: DisputeNews,
  rules: Rules,
  cause: OrderCause,
): Promise<string> {
  const order = await lockOrderOfPayment(tx, news.paymentId);
  if (!order) {
    await raiseAlert(tx, { kind: 'dispute_unknown', subject: news.disputeId, details: { ...news } });
    return 'unknown_payment';
  }
  const values = { id: uuidV7(), orderId: order.id, disputeId: news.disputeId, status: news.state };
  if (!(await tx.oneOrNone(recordSql(values)))) return compareDispute(tx, order.id, news);
  const jobs = { ...cause, retryEnabled: rules.retryEnabled };
  await raiseAlert(tx, { kind: `dispute_${news.state}`, subject: order.id, details: { ...news, order: order.status } });
  if (news.state === 'open') {
    if (order.status !== 'completed') return 'noted';
    await freeze(tx, order.id, jobs);
    return 'disputed';
  }
  if (news.state === 'lost') {
    // One that is lost before we heard of its opening.
    if (order.status === 'completed') await freeze(tx, order.id, jobs);
    return (await chargeBack(tx, order.id, jobs)) ? 'charged_back' : 'noted';
  }
  if (order.status !== 'disputed' || (await disputeOf(tx, order.id))) return 'noted';
  await moveOrder(tx, order.id, 'completed');
  await releaseHeldTransfers(tx, order.id, jobs);
  return 'dispute_won';
}

/** What disputes that were told of before the payment mean for an order that has just been completed. */
export async function applyEarlierDisputes(
  tx: Transaction,
  orderId: string,
  rules: Rules,
  cause: OrderCause,
): Promise<void> {
  const dispute = await disputeOf(tx, orderId);
  if (!dispute) return;
  const jobs = { ...cause, retryEnabled: rules.retryEnabled };
  await freeze(tx, orderId, jobs);
  if (dispute === 'lost') await chargeBack(tx, orderId, jobs);
}

/** Whether the order has a dispute that was lost, else one that is open; null for neither. */
export async function disputeOf(db: Connection, orderId: string): Promise<'open' | 'lost' | null> {
  return (await db.oneOrNone<{ status: 'open' | 'lost' }>(standingSql({ orderId })))?.status ?? null;
}

async function freeze(tx: Transaction, orderId: string, jobs: TransferOrder): Promise<void> {
  if (await moveOrder(tx, orderId, 'disputed')) await holdTransfers(tx, orderId, jobs);
}

async function chargeBack(tx: Transaction, orderId: string, jobs: TransferOrder): Promise<boolean> {
  if (!(await moveOrder(tx, orderId, 'charged_back'))) return false;
  await undoTransfers(tx, orderId, jobs);
  return true;
}

/** A dispute is decided once, and of one order: a provider that says otherwise has moved money that we have not. */
async function compareDispute(tx: Transaction, orderId: string, news: DisputeNews): Promise<string> {
  const known = await tx.one<{ orderId: string; status: DisputeNews['state'] }>(getSql({ disputeId: news.disputeId }));
  // An opening that comes late says nothing new.
  if (known.orderId === orderId && (news.state === 'open' || news.state === known.status)) return 'repeated';
  await raiseAlert(tx, { kind: 'dispute_out_of_turn', subject: orderId, details: { ...news, known } });
  return 'out_of_turn';
}
