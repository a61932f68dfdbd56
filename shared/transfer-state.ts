/**
 * The life of a transfer.
 *
 *   pending ──▶ failed ──▶ permanently_failed
 *      │           │               │ (manual retry)
 *      ├───────────┴───────┬───────┘
 *      ▼                   ▼
 *    held               completed ──▶ reversal_pending ──▶ reversed
 *      │ │                                 │   ▲ (manual retry)
 *      │ └──▶ cancelled                    ▼   │
 *      └────▶ pending                  reversal_failed
 *
 *   pending              made with its paid order; also: the seller can't be paid yet
 *   failed               a try came to nothing; its live job tries again, or, without one, an operator does
 *   permanently_failed   all tries are spent
 *   held                 certainly unpaid, while the order's refund or dispute is open
 *   completed            the provider has moved the money
 */
export const transferStatuses = [
  'pending',
  'failed',
  'permanently_failed',
  'held',
  'cancelled',
  'completed',
  'reversal_pending',
  'reversed',
  'reversal_failed',
] as const;
export type TransferStatus = (typeof transferStatuses)[number];

export const transferMoves: Record<TransferStatus, readonly TransferStatus[]> = {
  pending: ['completed', 'failed', 'held'],
  failed: ['completed', 'permanently_failed', 'held'],
  permanently_failed: ['completed', 'held'],
  held: ['pending', 'cancelled'],
  cancelled: [],
  completed: ['reversal_pending'],
  reversal_pending: ['reversed', 'reversal_failed'],
  reversed: [],
  reversal_failed: ['reversal_pending'],
};

export function canMove(from: TransferStatus, to: TransferStatus): boolean {
  return transferMoves[from].includes(to);
}

/** The statuses that may become `to`: the guard of the update that makes the move. */
export function statusesBefore(to: TransferStatus): TransferStatus[] {
  return transferStatuses.filter(from => canMove(from, to));
}

/** Statuses from which a transfer may still be paid. */
export const unpaidStatuses = statusesBefore('completed');

/** Statuses that an operator may retry. */
export const retriableStatuses = [
  'failed',
  'permanently_failed',
  'reversal_failed',
] as const satisfies TransferStatus[];
