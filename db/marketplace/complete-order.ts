import { splitGross } from '../../shared/money.ts';
import { uuidOf } from '../../shared/uuid.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { issueOrderInvoice } from './order-invoice.ts';
import { noticeSale } from './order-notices.ts';
import type { OrderCause, OrderRules } from './order-rules.ts';
import { listOrderLines, moveOrder, type OrderLine, type OrderRow } from './orders.ts';
import { insertTransferJob } from './transfer-jobs.ts';

export interface InsertedTransfer {
  id: string;
  sellerId: string;
  /** Null while the seller's account can't receive money: the transfer waits without a job. */
  jobId: string | null;
}

const insertTransfersSql = sql('marketplace/transfers/insert');

/**
 * The order's money is here. In the caller's transaction, which holds the order's lock: the order completes, one transfer
 * per seller and the jobs that pay them are made, and the invoice gets its number. Null if the order can't be completed.
 */
export async function completeOrder(
  tx: Transaction,
  order: OrderRow,
  rules: OrderRules,
  cause: OrderCause,
): Promise<InsertedTransfer[] | null> {
  if (!(await moveOrder(tx, order.id, 'completed'))) return null;
  const lines = await listOrderLines(tx, [order.id]);
  const shares = sharesOf(lines, rules.feeRate).filter(share => share.netCents > 0);
  const rows = await tx.any<{ id: string; sellerId: string; payable: boolean }>(
    insertTransfersSql({
      orderId: order.id,
      currency: order.currency,
      ids: shares.map(({ sellerId }) => transferIdOf(order.id, sellerId)),
      sellerIds: shares.map(share => share.sellerId),
      amountsCents: shares.map(share => share.netCents),
      feesCents: shares.map(share => share.feeCents),
    }),
  );
  const transfers: InsertedTransfer[] = [];
  for (const { id, sellerId, payable } of rows) {
    const job = payable ? await insertTransferJob(tx, id, { ...cause, retryEnabled: rules.retryEnabled }) : null;
    transfers.push({ id, sellerId, jobId: job?.id ?? null });
  }
  await noticeSale(tx, order, lines);
  // Last: the number's row keeps every other invoice of the issuer waiting until this transaction ends.
  await issueOrderInvoice(tx, { order, lines }, rules.issuer, cause);
  return transfers;
}

/**
 * The same whenever the order completes: should the database be put back to a backup, the provider knows a transfer that it
 * has made by its id, in the key and in the metadata.
 */
function transferIdOf(orderId: string, sellerId: string): string {
  return uuidOf(`transfer of ${orderId} to ${sellerId}`);
}

/** What each seller gets; the fee is rounded once per seller, over all of their lines. */
function sharesOf(
  lines: readonly Pick<OrderLine, 'sellerId' | 'grossCents'>[],
  feeRate: number,
): { sellerId: string; netCents: number; feeCents: number }[] {
  const gross = new Map<string, number>();
  for (const { sellerId, grossCents } of lines) gross.set(sellerId, (gross.get(sellerId) ?? 0) + grossCents);
  return [...gross].map(([sellerId, grossCents]) => ({ sellerId, ...splitGross(grossCents, feeRate) }));
}
