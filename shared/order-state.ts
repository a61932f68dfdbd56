/**
 * The life of an order.
 *
 *   pending ───▶ failed          failed: a payment was declined; the buyer may still pay
 *      │           │
 *      ├───────────┴──▶ expired ──▶ refund_pending      a late payment is sent back
 *      ├───────────┴──▶ held ─────▶ refund_pending      the captured amount is not the order's own; an operator decides
 *      ▼
 *   completed ──▶ refund_pending ──▶ refunded           or back to what it was, when the refund fails
 *      │  ▲            │
 *      ▼  │ (won)      ▼
 *   disputed ─────▶ charged_back                        (lost)
 *      └──────────▶ refunded                            by a refund that was said to have failed, and was paid after all
 */
export const orderStatuses = [
  'pending',
  'failed',
  'completed',
  'held',
  'expired',
  'refund_pending',
  'refunded',
  'disputed',
  'charged_back',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export const orderMoves: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['failed', 'completed', 'held', 'expired'],
  failed: ['completed', 'held', 'expired'],
  completed: ['refund_pending', 'disputed'],
  held: ['refund_pending'],
  expired: ['refund_pending', 'held'],
  refund_pending: ['refunded', 'completed', 'expired', 'held', 'disputed', 'charged_back'],
  refunded: [],
  disputed: ['completed', 'charged_back', 'refunded'],
  charged_back: [],
};

/** The statuses that may become `to`: the guard of the update that makes the move. */
export function orderStatusesBefore(to: OrderStatus): OrderStatus[] {
  return orderStatuses.filter(from => orderMoves[from].includes(to));
}

/** Orders whose money has gone back: what their sellers got is taken back too. */
export function isUndone(status: OrderStatus): boolean {
  return status === 'refunded' || status === 'charged_back';
}
