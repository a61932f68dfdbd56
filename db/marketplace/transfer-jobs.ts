import { transfer as transferSpec } from '../../shared/jobs/transfer.ts';
import { transferReversal as reversalSpec } from '../../shared/jobs/transfer-reversal.ts';
import type { Transaction } from '../connect.ts';
import { findLiveJob } from '../core/jobs.ts';
import { insertJob } from '../insert-job.ts';
import { sql } from '../sql.ts';
import type { TransferRow } from './transfers.ts';

/** On whose request transfer jobs are made, and whether they try again by themselves. */
export interface TransferOrder {
  requestId: string;
  trace?: string | null;
  /** False: each job tries once; only operators retry. */
  retryEnabled: boolean;
}

const lockWaitingSql = sql('marketplace/transfers/lock-waiting');
const pageRows = 500;

/** The unique key of whichever live job a transfer has. */
export function jobKeyOf(transferId: string): string {
  return `transfer:${transferId}`;
}

/**
 * Makes the job that pays (or reverses) a transfer, unless one is live. A live one is looked for first: meeting it in the
 * unique index would mean to wait for whoever is ending it, who in turn waits for the transfer's row, locked by us. The
 * settler that ends it sees that the transfer is to be paid after all, and makes the next one.
 */
export async function insertTransferJob(
  tx: Transaction,
  transferId: string,
  order: TransferOrder & { maxAttempts?: number },
  direction: 'transfer' | 'reversal' = 'transfer',
): Promise<{ id: string; created: boolean }> {
  const live = await findLiveJob(tx, jobKeyOf(transferId));
  if (live) return { id: live.id, created: false };
  const spec = direction === 'transfer' ? transferSpec : reversalSpec;
  return insertJob(
    tx,
    spec,
    { transferId },
    {
      owner: 'system',
      requestId: order.requestId,
      trace: order.trace ?? null,
      maxAttempts: order.retryEnabled ? (order.maxAttempts ?? spec.retry.attempts) : 1,
    },
  );
}

/** The tries that the policy still grants a transfer that is tried again on request: at least one. */
export function attemptsLeft(transfer: Pick<TransferRow, 'providerTransferId' | 'status' | 'tries'>): number {
  if (transfer.providerTransferId !== null) return reversalSpec.retry.attempts;
  return transfer.status === 'permanently_failed' ? 1 : Math.max(1, transferSpec.retry.attempts - transfer.tries);
}

/** Makes the jobs of a seller's waiting transfers. Call it when the seller's account becomes able to receive them. Answers how many. */
export async function releaseTransfers(tx: Transaction, sellerId: string, order: TransferOrder): Promise<number> {
  let released = 0;
  for (;;) {
    const rows = await tx.any<{ id: string }>(lockWaitingSql({ sellerId, limit: pageRows }));
    for (const { id } of rows) if ((await insertTransferJob(tx, id, order)).created) released += 1;
    if (rows.length < pageRows) return released;
  }
}
