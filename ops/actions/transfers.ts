import { retryTransfer } from '../../db/marketplace/retry-transfer.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Config } from '../../shared/config.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Operator } from './operator.ts';

export type RetryFailedTransferDeps = TransactDeps & { config: Pick<Config, 'transferRetryEnabled'> };

/**
 * Tries a failed transfer, or its failed reversal, now, by the rules that the marketplace's own admins retry by; `retryTransfer`
 * leaves the trace. Answers the job that tries, and its attempt that is to come. Faults: `not_found`; `conflict` in a status that
 * has nothing to retry, or while a try runs.
 */
export function retryFailedTransfer(
  deps: RetryFailedTransferDeps,
  { id }: { id: string },
  operator: Operator,
): Promise<{ jobId: string; attempt: number }> {
  const order = { requestId: uuidV7(), retryEnabled: deps.config.transferRetryEnabled, ...operator };
  return transact(deps, tx => retryTransfer(tx, id, order));
}
