import type { AlertRow } from '../../db/core/alerts.ts';
import type { WorkerRow } from '../../db/core/workers.ts';
import type { Metrics } from '../../shared/metrics.ts';
import type { KindSnapshot, LoopSnapshot } from '../snapshots/queues.ts';

export interface Sample {
  kinds: readonly KindSnapshot[];
  workers: readonly WorkerRow[];
  alerts: readonly AlertRow[];
  loops: readonly LoopSnapshot[];
  relayLagS: number;
  nowMs: number;
}

/** Tells scrapers what the leader has just seen. */
export function tellMetrics(metrics: Metrics, { kinds, workers, alerts, loops, relayLagS, nowMs }: Sample): void {
  // What the broker did not answer must not stay as it was.
  metrics.queueDepth.reset();
  metrics.queueConsumers.reset();
  for (const { kind, ready, retrying, oldestS, paused, disagreement, depth, consumers } of kinds) {
    metrics.waitingJobs.set({ kind }, ready);
    metrics.retryingJobs.set({ kind }, retrying);
    metrics.oldestWaitingSeconds.set({ kind }, oldestS);
    metrics.queuePaused.set({ kind }, Number(paused));
    metrics.queueDisagrees.set({ kind }, Number(disagreement !== null));
    if (depth !== null) metrics.queueDepth.set({ kind }, depth);
    if (consumers !== null) metrics.queueConsumers.set({ kind }, consumers);
  }
  const expired = workers.filter(({ alive, lostAt, stoppedAt }) => !alive && !lostAt && !stoppedAt);
  metrics.workers.set({ state: 'alive' }, workers.filter(worker => worker.alive).length);
  metrics.workers.set({ state: 'expired' }, expired.length);
  metrics.openAlerts.reset();
  for (const { kind } of alerts) metrics.openAlerts.inc({ alert: kind });
  for (const { name, error } of loops) metrics.loopFailing.set({ loop: name }, Number(error !== null));
  metrics.relayLagSeconds.set(relayLagS);
  metrics.sampledAtSeconds.set(nowMs / 1_000);
}
