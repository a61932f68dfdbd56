import { reapKeys } from '../../db/core/idempotency.ts';
import { reapJobs } from '../../db/core/jobs.ts';
import { reapKindMinutes } from '../../db/core/kind-minutes.ts';
import { reapOperatorSessions } from '../../db/core/operators.ts';
import { reapWorkers } from '../../db/core/workers.ts';
import { reapCloudShares } from '../../db/marketplace/cloud-shares.ts';
import { reapPaymentEvents } from '../../db/marketplace/payment-events.ts';
import { reapSessions } from '../../db/marketplace/sessions.ts';
import type { Spine } from '../../db/spine.ts';
import { uuidV7Floor } from '../../shared/uuid.ts';

export type ReapDeps = Pick<Spine, 'spineDb' | 'config'>;

const reapBatchRows = 1_000;
/** Idempotency keys are honoured for at least a day; two leave room for a client whose clock or queue lags. */
const keepKeysMs = 2 * 86_400_000;
/** The provider's own log of its deliveries goes back no further. */
const keepEventsMs = 90 * 86_400_000;
/** For so long a share that has ended says so; after that it is unknown. */
const keepSharesMs = 30 * 86_400_000;

/** Deletes what has outlived its use, in small batches. True if there is more. */
export async function reapOnce(deps: ReapDeps, nowMs: number = Date.now()): Promise<boolean> {
  const { keepJobsMs } = deps.config;
  const jobs = await reapJobs(deps.spineDb, uuidV7Floor(nowMs - keepJobsMs), keepJobsMs, reapBatchRows);
  const keys = await reapKeys(deps.spineDb, keepKeysMs, reapBatchRows);
  const sessions = await reapSessions(deps.spineDb, reapBatchRows);
  const events = await reapPaymentEvents(deps.spineDb, keepEventsMs, reapBatchRows);
  const shares = await reapCloudShares(deps.spineDb, keepSharesMs, reapBatchRows);
  await reapWorkers(deps.spineDb);
  await reapKindMinutes(deps.spineDb);
  await reapOperatorSessions(deps.spineDb);
  return [jobs, keys, sessions, events, shares].some(deleted => deleted >= reapBatchRows);
}
