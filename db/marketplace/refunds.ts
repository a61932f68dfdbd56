import { providerIdOf } from '../../shared/provider-id.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { stuckAfterMs } from './orders.ts';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** The whole of an order's money on its way back. */
export interface RefundRow {
  id: string;
  orderId: string;
  /** At the provider. */
  refundId: string;
  /** Null: nobody; the payment came when the order had expired. */
  askedBy: string | null;
  reason: string;
  details: string | null;
  amountCents: number;
  currency: string;
  status: RefundStatus;
  /** What the order was, and is again if the refund fails. */
  orderWas: 'completed' | 'expired' | 'held';
  failure: string | null;
  createdAt: Date;
  settledAt: Date | null;
}

const insertSql = sql('marketplace/refunds/insert');
const getSql = sql('marketplace/refunds/get');
const findByProviderIdSql = sql('marketplace/refunds/find-by-provider-id');
const standingSql = sql('marketplace/refunds/standing-of-orders');
const settleSql = sql('marketplace/refunds/settle');
const takeUncheckedSql = sql('marketplace/refunds/take-unchecked');

export interface NewRefund {
  orderId: string;
  askedBy: string | null;
  reason: string;
  details: string | null;
  amountCents: number;
  currency: string;
  orderWas: RefundRow['orderWas'];
}

/** Null if the order has a refund that is under way or done. */
export function insertRefund(tx: Transaction, refund: NewRefund): Promise<RefundRow | null> {
  const id = uuidV7();
  const refundId = providerIdOf('ref', id);
  return tx.oneOrNone<RefundRow>(insertSql({ ...refund, id, refundId, checkInMs: stuckAfterMs }));
}

export function getRefund(db: Connection, id: string): Promise<RefundRow | null> {
  return db.oneOrNone<RefundRow>(getSql({ id }));
}

export function findRefundByProviderId(db: Connection, refundId: string): Promise<RefundRow | null> {
  return db.oneOrNone<RefundRow>(findByProviderIdSql({ refundId }));
}

/** What stands of each order's refunds, if it has any: the one that was paid, else the newest. */
export function listStandingRefunds(db: Connection, orderIds: readonly string[]): Promise<RefundRow[]> {
  return db.any<RefundRow>(standingSql({ orderIds }));
}

/** Moves a refund on; false if it is no longer where it was seen. Rejects with the constraint `refunds_live` where another stands in the way. */
export async function moveRefund(
  tx: Transaction,
  id: string,
  move: { from: RefundStatus; to: Exclude<RefundStatus, 'pending'>; failure: string | null },
): Promise<boolean> {
  return (await tx.oneOrNone(settleSql({ id, ...move }))) !== null;
}

/** Takes refunds that are to ask the provider, for `leaseMs`. */
export function takeUncheckedRefunds(
  db: Connection,
  limit: number,
  leaseMs: number,
): Promise<{ id: string; refundId: string }[]> {
  return db.any(takeUncheckedSql({ limit, leaseMs }));
}
