import { readBacklog, readRelayLagS } from '../../db/core/jobs.ts';
import type { Spine } from '../../db/spine.ts';

export type GaugeDeps = Pick<Spine, 'spineDb' | 'broker' | 'catalog' | 'metrics'>;

/** Rows are counted no further than this: a gauge that reads it means "at least". */
const maxCounted = 200_000;

/** Reads what only the leader reports: waiting rows, their age, the relay's lag, the broker's depths. */
export async function gaugeOnce(deps: GaugeDeps): Promise<void> {
  const { metrics, spineDb, broker, catalog } = deps;
  const backlog = new Map((await readBacklog(spineDb, maxCounted)).map(row => [row.kind, row]));
  for (const kind of catalog.keys()) {
    metrics.waitingJobs.set({ kind }, backlog.get(kind)?.waiting ?? 0);
    metrics.oldestWaitingSeconds.set({ kind }, backlog.get(kind)?.oldestS ?? 0);
  }
  metrics.relayLagSeconds.set(await readRelayLagS(spineDb));
  if (broker.state !== 'up') return;
  for (const [kind, { ready, consumers }] of await broker.depth([...catalog.keys()])) {
    metrics.queueDepth.set({ kind }, ready);
    metrics.queueConsumers.set({ kind }, consumers);
  }
}
