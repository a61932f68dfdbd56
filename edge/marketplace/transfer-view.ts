import { z } from 'zod';
import type { TransferRow } from '../../db/marketplace/transfers.ts';
import { transferStatuses } from '../../shared/transfer-state.ts';

/** A transfer as the lists print it. */
export const transferSchema = z.strictObject({
  id: z.uuid(),
  seller_id: z.uuid(),
  order_id: z.uuid(),
  amount_cents: z.int().describe("The seller's net"),
  platform_fee_cents: z.int(),
  currency: z.string(),
  status: z.enum(transferStatuses),
  retry_count: z.int(),
  next_retry_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
});

export const transferListSchema = z.strictObject({ transfers: z.array(transferSchema), total: z.int() });

export function viewTransfer(transfer: TransferRow): z.output<typeof transferSchema> {
  return {
    id: transfer.id,
    seller_id: transfer.sellerId,
    order_id: transfer.orderId,
    amount_cents: transfer.amountCents,
    platform_fee_cents: transfer.platformFeeCents,
    currency: transfer.currency,
    status: transfer.status,
    retry_count: transfer.retryCount,
    next_retry_at: transfer.nextRetryAt?.toISOString() ?? null,
    created_at: transfer.createdAt.toISOString(),
  };
}

export function viewTransferList(list: {
  transfers: readonly TransferRow[];
  total: number;
}): z.output<typeof transferListSchema> {
  return { transfers: list.transfers.map(viewTransfer), total: list.total };
}
