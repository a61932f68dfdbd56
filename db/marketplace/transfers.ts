import type { CallState } from '../../shared/transfer-step.ts';
import type { OrderStatus } from '../../shared/order-state.ts';
import type { TransferStatus } from '../../shared/transfer-state.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** One seller's share of one order. Amounts in cents. */
export interface TransferRow {
  id: string;
  orderId: string;
  sellerId: string;
  currency: string;
  /** The seller's net. */
  amountCents: number;
  platformFeeCents: number;
  status: TransferStatus;
  /** Tries that have ended, of the payment and of its reversal. */
  tries: number;
  reversalTries: number;
  retryCount: number;
  /** A try has begun and not ended. */
  trying: boolean;
  nextRetryAt: Date | null;
  keySeq: number;
  destination: string | null;
  call: CallState;
  absentReadAt: Date | null;
  providerTransferId: string | null;
  providerReversalId: string | null;
  completedAt: Date | null;
  reversalAskedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A transfer, locked, with its order, locked against a refund, and the seller's account as we know it. */
export interface LockedTransfer extends TransferRow {
  orderStatus: OrderStatus;
  orderCreatedAt: Date;
  transferGroup: string;
  accountId: string | null;
  accountActive: boolean;
}

export interface TransferFilter {
  status: TransferStatus | null;
  sellerId: string | null;
  /** Made at or after. */
  from: Date | null;
  /** Made before. */
  to: Date | null;
}

const getSql = sql('marketplace/transfers/get');
const lockSql = sql('marketplace/transfers/lock');
const lockOrderSql = sql('marketplace/orders/lock-of-transfer');
const listSql = sql('marketplace/transfers/list', { replan: true });
const countSql = sql('marketplace/transfers/count', { replan: true });
const countPermanentlyFailedSql = sql('marketplace/transfers/count-permanently-failed');

export function getTransfer(db: Connection, id: string): Promise<TransferRow | null> {
  return db.oneOrNone<TransferRow>(getSql({ id }));
}

/** Newest first, with the number of all that match. */
export async function listTransfers(
  db: Connection,
  filter: TransferFilter,
  page: { limit: number; offset: number },
): Promise<{ transfers: TransferRow[]; total: number }> {
  const transfers = await db.any<TransferRow>(listSql({ ...filter, ...page }));
  const { total } = await db.one<{ total: number }>(countSql({ ...filter }));
  return { transfers, total };
}

/** Transfers that are not tried any more, counted no further than 10,000. */
export async function countPermanentlyFailed(db: Connection): Promise<number> {
  return (await db.one<{ transfers: number }>(countPermanentlyFailedSql())).transfers;
}

/** Locks a transfer's order, then the transfer: the one order in which everyone takes these locks. Null if there is none. */
export async function lockTransfer(tx: Transaction, id: string): Promise<LockedTransfer | null> {
  const order = await tx.oneOrNone<{ status: OrderStatus; transferGroup: string; createdAt: Date }>(
    lockOrderSql({ transferId: id }),
  );
  if (!order) return null;
  const row = await tx.one<TransferRow & { accountId: string | null; accountActive: boolean }>(lockSql({ id }));
  const { status: orderStatus, createdAt: orderCreatedAt, transferGroup } = order;
  return { ...row, orderStatus, orderCreatedAt, transferGroup };
}

/** The provider's idempotency key of the row's present sequence number. */
export function providerKeyOf(transfer: Pick<TransferRow, 'id' | 'keySeq' | 'providerTransferId'>): string {
  return `${transfer.providerTransferId === null ? 'tr' : 'trr'}_${transfer.id}_${transfer.keySeq}`;
}
