import type { TransferStatus } from '../../shared/transfer-state.ts';
import type { CallState } from '../../shared/transfer-step.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** Our side of a transfer that the provider has made. */
export interface PaidTransfer {
  id: string;
  providerTransferId: string;
  amountCents: number;
  currency: string;
  destination: string;
  status: TransferStatus;
  call: CallState;
}

const meetSql = sql('marketplace/transfers/meet');
const unmetSql = sql('marketplace/transfers/unmet', { replan: true });
const firstId = '00000000-0000-0000-0000-000000000000';

/** Ours of these provider ids, marked as met at the provider by the comparison that began at `at`. */
export function meetTransfers(
  db: Connection,
  providerTransferIds: readonly string[],
  at: Date,
): Promise<PaidTransfer[]> {
  return db.any<PaidTransfer>(meetSql({ providerTransferIds, at }));
}

/** A page, by id, of ours that were completed from `from` until before `to` and that the comparison begun at `at` has not met. */
export function listUnmetTransfers(
  db: Connection,
  window: { from: Date; to: Date; at: Date; afterId: string | null; limit: number },
): Promise<(PaidTransfer & { transferGroup: string })[]> {
  return db.any(unmetSql({ ...window, afterId: window.afterId ?? firstId }));
}
