import { splitGross } from '../../shared/money.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { insertTransferJob, type TransferOrder } from './transfer-jobs.ts';

export interface PaidOrder {
  buyerId: string;
  currency: string;
  /** Gross amounts of whole lines, in cents. */
  lines: readonly { sellerId: string; title: string; quantity: number; grossCents: number }[];
  /** The platform's share, 0.1 for a tenth. */
  feeRate: number;
}

export interface InsertedTransfer {
  id: string;
  sellerId: string;
  /** Null while the seller's account can't receive money: the transfer waits without a job. */
  jobId: string | null;
}

const insertPaidSql = sql('marketplace/orders/insert-paid');
const insertLinesSql = sql('marketplace/order-lines/insert');
const insertTransfersSql = sql('marketplace/transfers/insert');

/** Writes an order that has been paid, one transfer per seller in it, and the jobs that pay them. */
export async function insertPaidOrder(
  tx: Transaction,
  order: PaidOrder,
  jobs: TransferOrder,
): Promise<{ orderId: string; transfers: InsertedTransfer[] }> {
  const orderId = uuidV7();
  const { buyerId, currency, lines } = order;
  const totalCents = lines.reduce((sum, line) => sum + line.grossCents, 0);
  await tx.one(insertPaidSql({ id: orderId, buyerId, currency, totalCents, transferGroup: `order_${orderId}` }));
  await tx.many(
    insertLinesSql({
      orderId,
      lineNos: lines.map((_, index) => index + 1),
      sellerIds: lines.map(line => line.sellerId),
      titles: lines.map(line => line.title),
      quantities: lines.map(line => line.quantity),
      grossCents: lines.map(line => line.grossCents),
    }),
  );
  const shares = sharesOf(order).filter(share => share.netCents > 0);
  const rows = await tx.any<{ id: string; sellerId: string; payable: boolean }>(
    insertTransfersSql({
      orderId,
      currency,
      ids: shares.map(() => uuidV7()),
      sellerIds: shares.map(share => share.sellerId),
      amountsCents: shares.map(share => share.netCents),
      feesCents: shares.map(share => share.feeCents),
    }),
  );
  const transfers: InsertedTransfer[] = [];
  for (const { id, sellerId, payable } of rows) {
    transfers.push({ id, sellerId, jobId: payable ? (await insertTransferJob(tx, id, jobs)).id : null });
  }
  return { orderId, transfers };
}

/** What each seller gets; the fee is rounded once per seller, over all of their lines. */
function sharesOf({ lines, feeRate }: PaidOrder): { sellerId: string; netCents: number; feeCents: number }[] {
  const gross = new Map<string, number>();
  for (const { sellerId, grossCents } of lines) gross.set(sellerId, (gross.get(sellerId) ?? 0) + grossCents);
  return [...gross].map(([sellerId, grossCents]) => ({ sellerId, ...splitGross(grossCents, feeRate) }));
}
