import type { OrderStatus } from '../../shared/order-state.ts';
import type { TransferStatus } from '../../shared/transfer-state.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { TransferEvent } from './transfer-attempts.ts';
import type { TransferRow } from './transfers.ts';

/** A transfer with what an operator asks about it first. Amounts in cents. */
export interface TransferSight extends TransferRow {
  orderStatus: OrderStatus;
  orderTotalCents: number;
  paidAt: Date | null;
  /** The provider's mark on all transfers of the order. */
  transferGroup: string;
  sellerName: string;
  /** The seller's account at the provider, and whether it may be paid, as far as we know. */
  accountId: string | null;
  accountActive: boolean;
  /** What came of the last call that went wrong; null if none did. */
  faultEvent: TransferEvent | null;
  faultCode: string | null;
  faultAt: Date | null;
}

export interface TransferSearch {
  statuses: readonly TransferStatus[];
  id?: string | undefined;
  /** Of the transfer or of its reversal, at the provider. */
  providerId?: string | undefined;
  orderId?: string | undefined;
  sellerId?: string | undefined;
  /** Only transfers older than this one. */
  beforeId?: string | undefined;
  limit: number;
}

/** What the transfers of one status add up to in one currency. */
export interface TransferSum {
  status: TransferStatus;
  currency: string;
  transfers: number;
  amountCents: number;
}

/** Of each status no more are added up; a sum that has reached it is a lower bound. */
export const maxSummed = 100_000;

const pageOfStatusSql = sql('marketplace/transfers/page-of-status', { replan: true });
const pageOfNamedSql = sql('marketplace/transfers/page-of-named', { replan: true });
const describeSql = sql('marketplace/transfers/describe');
const sumByStatusSql = sql('marketplace/transfers/sum-by-status');

/** Everyone's transfers, newest first. `nextBeforeId` is null at the end. */
export async function searchTransfers(
  db: Connection,
  { statuses, id, providerId, orderId, sellerId, beforeId, limit }: TransferSearch,
): Promise<{ transfers: TransferSight[]; nextBeforeId: string | null }> {
  const page = { statuses, beforeId: beforeId ?? null, limit: limit + 1 };
  const isNamed = [id, providerId, orderId, sellerId].some(name => name !== undefined);
  const named = {
    id: id ?? null,
    providerId: providerId ?? null,
    orderId: orderId ?? null,
    sellerId: sellerId ?? null,
  };
  const found = await db.any<{ id: string }>(isNamed ? pageOfNamedSql({ ...page, ...named }) : pageOfStatusSql(page));
  const ids = found.slice(0, limit).map(row => row.id);
  const transfers = ids.length === 0 ? [] : await db.any<TransferSight>(describeSql({ ids }));
  return { transfers, nextBeforeId: found.length > limit ? (ids.at(-1) ?? null) : null };
}

export function describeTransfer(db: Connection, id: string): Promise<TransferSight | null> {
  return db.oneOrNone<TransferSight>(describeSql({ ids: [id] }));
}

/** By currency and status. */
export function sumTransfers(db: Connection, statuses: readonly TransferStatus[]): Promise<TransferSum[]> {
  return db.any<TransferSum>(sumByStatusSql({ statuses, limit: maxSummed }));
}
