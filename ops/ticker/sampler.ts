import { listOpenAlerts } from '../../db/core/alerts.ts';
import { readRelayLagS } from '../../db/core/jobs.ts';
import { addToMinute, type KindMinute } from '../../db/core/kind-minutes.ts';
import { countAccepted, readLiveCounts } from '../../db/core/live-counts.ts';
import { listQueueSettings } from '../../db/core/queues.ts';
import { putSnapshot } from '../../db/core/snapshots.ts';
import { listWorkers, type WorkerRow } from '../../db/core/workers.ts';
import type { Spine } from '../../db/spine.ts';
import type { AnySpec } from '../../shared/job.ts';
import { addStats, durationAt, type KindStats, noStats, statsSince } from '../../shared/kind-stats.ts';
import type { LoopSnapshot, KindSnapshot, QueuesSnapshot } from '../snapshots/queues.ts';

export type SamplerDeps = Pick<Spine, 'db' | 'broker' | 'catalog' | 'metrics'> & {
  /** The leading process. */
  leader: () => { name: string; since: string };
  loops: () => LoopSnapshot[];
  now?: () => number;
};

/** Waiting rows are counted no further than this; a figure that reads it means "at least". */
const maxCounted = 1_000_000;
const windowMs = 60_000;
/** A row commits at most this long after its id was made, else it is missing in the chart. */
const commitLagMs = 2_000;

/** What came to pass between two samples. */
interface Step {
  untilMs: number;
  ms: number;
  accepted: Map<string, number>;
  done: Map<string, KindStats>;
}

/**
 * Looks at the whole system every few seconds, for everybody who wants to know: writes the snapshot `queues`, the minute's
 * figures, and this process's gauges. It reads what waits by its partial indexes, what was accepted by the newest ids, and what
 * was done from the workers' own counts: the history of jobs is never looked at.
 */
export class Sampler {
  readonly #deps: SamplerDeps;
  #before = new Map<string, Record<string, KindStats>>();
  #sampledMs: number | null = null;
  #acceptedUntilMs: number | null = null;
  #steps: Step[] = [];

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
      broker.state === 'up' ? broker.depth([...catalog.keys()]).catch(() => null) : null,
      broker.check().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
    ]);
    const step = await this.#step(nowMs, workers);
    const live = new Map(counts.map(row => [row.kind, row]));
    const set = new Map(settings.map(row => [row.kind, row]));
    const alive = workers.filter(worker => worker.alive);
    const kinds = [...catalog.values()].map((spec): KindSnapshot => {
      const { kind } = spec;
      const { ready = 0, delayed = 0, retrying = 0, oldestS = 0 } = live.get(kind) ?? {};
      const running = alive.reduce((sum, worker) => sum + (worker.stats[kind]?.running ?? 0), 0);
      const depth = depths?.get(kind);
      const row = { kind, ready, delayed, running, retrying, oldestS, ...this.#rates(kind) };
      const { paused = false, concurrency = null } = set.get(kind) ?? {};
      return {
        ...row,
        depth: depth?.ready ?? null,
        consumers: depth?.consumers ?? null,
        paused,
        concurrency: concurrency ?? spec.concurrency,
        concurrencySet: concurrency !== null,
        disagreement: disagreementOf(spec, { ready, paused, depth: depth ?? null, oldestS }),
      };
    });
    for (const row of kinds) {
      metrics.waitingJobs.set({ kind: row.kind }, row.ready);
      metrics.oldestWaitingSeconds.set({ kind: row.kind }, row.oldestS);
      if (row.depth !== null) metrics.queueDepth.set({ kind: row.kind }, row.depth);
      if (row.consumers !== null) metrics.queueConsumers.set({ kind: row.kind }, row.consumers);
    }
    metrics.relayLagSeconds.set(relayLagS);
    await addToMinute(db, minutesOf(kinds, step));
    const tookMs = performance.now() - startedMs;
    const body: QueuesSnapshot = {
      kinds,
      workers: workers.map(workerOf),
      leader: this.#deps.leader(),
      loops: this.#deps.loops(),
      relayLagS,
      broker: { name: broker.name, problem },
      openAlerts: alerts.length,
      capped: counts.reduce((sum, row) => sum + row.ready + row.delayed + row.retrying, 0) >= maxCounted,
    };
    await putSnapshot(db, { name: 'queues', tookMs, body });
    return tookMs;
  }

  /** What was accepted and done since the sample before. The first one only takes bearings. */
  async #step(nowMs: number, workers: readonly WorkerRow[]): Promise<Step> {
    const since = this.#sampledMs;
    const done = new Map<string, KindStats>();
    for (const { id, startedAt, stats } of workers) {
      const before = this.#before.get(id);
      this.#before.set(id, stats);
      // One that began before we looked has done what we did not see.
      if (!before && (since === null || startedAt.getTime() < since)) continue;
      for (const [kind, now] of Object.entries(stats)) {
        const fresh = statsSince(now, before?.[kind] ?? noStats());
        done.set(kind, addStats(done.get(kind) ?? noStats(), fresh));
      }
    }
    const known = new Set(workers.map(worker => worker.id));
    for (const id of this.#before.keys()) if (!known.has(id)) this.#before.delete(id);
    const untilMs = nowMs - commitLagMs;
    const fromMs = this.#acceptedUntilMs ?? untilMs;
    const accepted = fromMs < untilMs ? await countAccepted(this.#deps.db, fromMs, untilMs) : [];
    const step = {
      untilMs: nowMs,
      ms: since === null ? 0 : nowMs - since,
      accepted: new Map(accepted.map(row => [row.kind, row.accepted])),
      done,
    };
    this.#sampledMs = nowMs;
    this.#acceptedUntilMs = untilMs;
    this.#steps = [...this.#steps.filter(one => one.untilMs > nowMs - windowMs), step];
    return step;
  }

  #rates(kind: string): Pick<KindSnapshot, 'acceptedPerS' | 'succeededPerS' | 'failedPerS' | 'p50Ms' | 'p99Ms'> {
    const seconds = this.#steps.reduce((sum, step) => sum + step.ms, 0) / 1_000;
    const accepted = this.#steps.reduce((sum, step) => sum + (step.accepted.get(kind) ?? 0), 0);
    const done = this.#steps.reduce((sum, step) => addStats(sum, step.done.get(kind) ?? noStats()), noStats());
    const perS = (count: number) => (seconds === 0 ? 0 : count / seconds);
    return {
      acceptedPerS: perS(accepted),
      succeededPerS: perS(done.succeeded),
      failedPerS: perS(done.failed),
      p50Ms: durationAt(done.durations, 0.5),
      p99Ms: durationAt(done.durations, 0.99),
    };
  }
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

/** Short differences are only on their way. */
const patienceS = 15;

function disagreementOf(
  { jobsPerMessage }: AnySpec,
  {
    ready,
    paused,
    depth,
    oldestS,
  }: {
    ready: number;
    paused: boolean;
    depth: { ready: number; consumers: number } | null;
    oldestS: number;
  },
): string | null {
  if (!depth) return null;
  if (ready > 0 && oldestS > patienceS && depth.consumers === 0 && !paused) return 'work waits, and nobody consumes it';
  if (ready > 0 && oldestS > patienceS && depth.ready === 0 && !paused)
    return 'rows wait, and the broker has no message of them';
  if (ready === 0 && depth.ready > 100 * jobsPerMessage) return 'the broker holds messages of jobs that no longer wait';
  return null;
}

function workerOf({ id, name, version, kinds, running, startedAt, seenAt, alive, lostAt, stoppedAt }: WorkerRow) {
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
