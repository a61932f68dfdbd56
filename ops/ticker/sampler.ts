import { setTimeout as delay } from 'node:timers/promises';
import { listOpenAlerts } from '../../db/core/alerts.ts';
import { readRelayLagS } from '../../db/core/jobs.ts';
import { addToMinute, type KindMinute } from '../../db/core/kind-minutes.ts';
import { countAccepted, readLiveCounts } from '../../db/core/live-counts.ts';
import { listQueueSettings } from '../../db/core/queues.ts';
import { putSnapshot } from '../../db/core/snapshots.ts';
import { listWorkers, type WorkerRow } from '../../db/core/workers.ts';
import type { Spine } from '../../db/spine.ts';
import type { Broker, QueueDepth } from '../../shared/broker/broker.ts';
import type { AnySpec } from '../../shared/job.ts';
import { noStats } from '../../shared/kind-stats.ts';
import type { LoopSnapshot, KindSnapshot, QueuesSnapshot, WorkerSnapshot } from '../snapshots/queues.ts';
import { RecentWork, type Step } from './recent-work.ts';
import { tellMetrics } from './tell-metrics.ts';

export type SamplerDeps = Pick<Spine, 'db' | 'catalog' | 'metrics'> & {
  broker: Pick<Broker, 'name' | 'state' | 'depth' | 'check'>;
  /** The leading process. */
  leader: () => { name: string; since: string };
  loops: () => LoopSnapshot[];
  now?: () => number;
};

/** Waiting rows are counted no further than this; a figure that reads it means "at least". */
const maxCounted = 1_000_000;
const brokerPatienceMs = 3_000;
/** Workers that are gone are shown for an hour. */
const showGoneMs = 3_600_000;

/**
 * Looks at the whole system every few seconds, for everybody who wants to know: writes the snapshot `queues`, the minute's
 * figures, and this process's gauges. It reads what waits by its partial indexes, what was accepted by the newest ids, and what
 * was done from the workers' own counts: the history of jobs is never looked at.
 */
export class Sampler {
  readonly #deps: SamplerDeps;
  readonly #recent = new RecentWork();

  constructor(deps: SamplerDeps) {
    this.#deps = deps;
  }

  /** Takes one sample. Answers how long it took, in milliseconds. */
  async sample(): Promise<number> {
    const { db, broker, catalog, metrics } = this.#deps;
    const startedMs = performance.now();
    const nowMs = this.#deps.now?.() ?? Date.now();
    const [counts, workers, settings, relayLagS, alerts, depths, problem] = await Promise.all([
      readLiveCounts(db, maxCounted),
      listWorkers(db),
      listQueueSettings(db),
      readRelayLagS(db),
      listOpenAlerts(db),
      broker.state === 'up' ? inTime(broker.depth([...catalog.keys()])).catch(() => null) : null,
      inTime(broker.check()).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
    ]);
    const leader = this.#deps.leader();
    const step = await this.#recent.goOn({ term: leader.since, nowMs, workers }, (fromMs, toMs) =>
      countAccepted(db, fromMs, toMs),
    );
    const live = new Map(counts.map(row => [row.kind, row]));
    const set = new Map(settings.map(row => [row.kind, row]));
    const alive = workers.filter(worker => worker.alive);
    const kinds = [...catalog.values()].map((spec): KindSnapshot => {
      const { kind } = spec;
      const { ready = 0, delayed = 0, retrying = 0, oldestS = 0 } = live.get(kind) ?? {};
      const running = alive.reduce((sum, worker) => sum + (worker.stats[kind]?.running ?? 0), 0);
      const depth = depths?.get(kind);
      const row = { kind, ready, delayed, running, retrying, oldestS, ...this.#recent.ratesOf(kind) };
      const { paused = false, concurrency = null } = set.get(kind) ?? {};
      return {
        ...row,
        depth: depth?.ready ?? null,
        consumers: depth?.consumers ?? null,
        paused,
        concurrency: concurrency ?? spec.concurrency,
        concurrencySet: concurrency !== null,
        disagreement: disagreementOf(spec, { ready, paused, oldestS }, depth ?? null),
      };
    });
    const loops = this.#deps.loops();
    tellMetrics(metrics, { kinds, workers, alerts, loops, relayLagS, nowMs });
    await addToMinute(db, minutesOf(kinds, step));
    const tookMs = performance.now() - startedMs;
    const body: QueuesSnapshot = {
      kinds,
      workers: workers.filter(worker => worker.alive || worker.leaseUntil.getTime() > nowMs - showGoneMs).map(workerOf),
      leader,
      loops,
      relayLagS,
      broker: { name: broker.name, problem },
      openAlerts: alerts.length,
      capped: counts.reduce((sum, row) => sum + row.ready + row.delayed + row.retrying, 0) >= maxCounted,
    };
    await putSnapshot(db, { name: 'queues', tookMs, body });
    return tookMs;
  }
}

/** A broker that hangs must not make it look as if nobody led. */
function inTime<T>(asked: Promise<T>): Promise<T> {
  const late = delay(brokerPatienceMs, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${brokerPatienceMs / 1_000} s`);
  });
  return Promise.race([asked, late]);
}

/** Of kinds at which nothing happens and nothing waits there is nothing to keep. */
function minutesOf(kinds: readonly KindSnapshot[], step: Step): KindMinute[] {
  return kinds.flatMap(({ kind, ready, running, retrying, oldestS, p50Ms, p99Ms }) => {
    const accepted = step.accepted.get(kind) ?? 0;
    const { succeeded, failed, retried } = step.done.get(kind) ?? noStats();
    if (accepted + succeeded + failed + retried + ready + running + retrying === 0) return [];
    return [{ kind, accepted, succeeded, failed, retried, ready, running, retrying, oldestS, p50Ms, p99Ms }];
  });
}

/** Shorter differences are only on their way, or are mended by the ticker's own look at empty queues. */
const unconsumedPatienceS = 15;
const messagelessPatienceS = 60;
/** Messages of jobs that are over go away with the next consumer; so many of them say that none comes. */
const staleMessages = 100;

/** Why the rows and the broker cannot both be right about a kind, in words; null while they can. */
export function disagreementOf(
  { jobsPerMessage, concurrency }: Pick<AnySpec, 'jobsPerMessage' | 'concurrency'>,
  rows: { ready: number; paused: boolean; oldestS: number },
  depth: QueueDepth | null,
): string | null {
  if (!depth) return null;
  const { ready, paused, oldestS } = rows;
  if (ready === 0) return depth.ready > staleMessages ? 'the broker holds messages of jobs that no longer wait' : null;
  if (paused) return null;
  if (depth.consumers === 0) return oldestS > unconsumedPatienceS ? 'work waits, and nobody consumes it' : null;
  // What consumers were handed and have not yet claimed is no longer in the queue: as much as they may prefetch.
  const inHands = depth.consumers * (2 * concurrency + jobsPerMessage);
  return depth.ready === 0 && ready > inHands && oldestS > messagelessPatienceS
    ? 'rows wait, and the broker has no message of them'
    : null;
}

function workerOf({
  id,
  name,
  version,
  kinds,
  running,
  startedAt,
  seenAt,
  alive,
  lostAt,
  stoppedAt,
}: WorkerRow): WorkerSnapshot {
  return {
    id,
    name,
    version,
    kinds,
    running,
    startedAt: startedAt.toISOString(),
    seenAt: seenAt.toISOString(),
    alive,
    lost: lostAt !== null,
    stopped: stoppedAt !== null,
  };
}
