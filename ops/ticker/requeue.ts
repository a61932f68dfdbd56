import { requeueLostJobs } from '../../db/core/jobs.ts';
import { listQueueSettings } from '../../db/core/queues.ts';
import type { Spine } from '../../db/spine.ts';

export type RequeueDeps = Pick<Spine, 'spineDb' | 'broker' | 'catalog' | 'log'>;

/** A row that has been with the broker for less than this is not looked for: its message may be in a worker's hands. */
const missingAfterMs = 30_000;
/** Where the broker can't tell what waits in a queue, age alone speaks. A mistake costs one more nudge in that time. */
const missingUnseenAfterMs = 15 * 60_000;
const requeueBatchRows = 5_000;

/**
 * Finds rows that say "queued" while their queue is empty: their messages are gone (a broker was wiped, a message lost).
 * Only a queue that was empty at two looks in a row, and is not paused, is believed. A broker that can't tell is not asked:
 * what has been queued for long is published again.
 * @param emptyBefore kinds whose queue was empty at the last look; updated.
 */
export async function requeueOnce(deps: RequeueDeps, emptyBefore: Set<string>): Promise<void> {
  if (deps.broker.state !== 'up') return emptyBefore.clear();
  const depths = await deps.broker.depth([...deps.catalog.keys()]);
  const paused = new Set(
    (await listQueueSettings(deps.spineDb)).filter(setting => setting.paused).map(setting => setting.kind),
  );
  for (const kind of deps.catalog.keys()) {
    const ready = depths.get(kind)?.ready;
    if (paused.has(kind) || (ready ?? 0) > 0) {
      emptyBefore.delete(kind);
      continue;
    }
    if (ready === undefined || emptyBefore.has(kind)) {
      const olderThanMs = ready === undefined ? missingUnseenAfterMs : missingAfterMs;
      const requeued = await requeueLostJobs(deps.spineDb, kind, olderThanMs, requeueBatchRows);
      if (requeued > 0)
        deps.log.warn({ kind, jobs: requeued }, 'jobs were queued but not in the queue; they are published again');
    }
    if (ready === 0) emptyBefore.add(kind);
  }
}
