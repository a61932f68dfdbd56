import { addStats, durationAt, type KindStats, noStats, statsSince } from '../../shared/kind-stats.ts';

/** What a worker process has done since it registered, as it wrote it down last. */
export interface WorkerCounts {
  id: string;
  stats: Readonly<Record<string, KindStats>>;
}

/** What came to pass between two looks. */
export interface Step {
  atMs: number;
  /** 0 at the first look of a term: it only takes bearings. */
  ms: number;
  accepted: ReadonlyMap<string, number>;
  done: ReadonlyMap<string, KindStats>;
}

export interface RecentRates {
  acceptedPerS: number;
  succeededPerS: number;
  failedPerS: number;
  /** From acceptance to result; null if nothing succeeded. */
  p50Ms: number | null;
  p99Ms: number | null;
}

const windowMs = 60_000;
/** A row commits at most this long after its id was made, else it is missing among the accepted. */
const commitLagMs = 2_000;
/** After a longer break nobody knows which minute the work belongs to, and to count it could mean to read millions of rows. */
const maxBreakMs = 300_000;

/** Makes rates of totals that only grow: those of the workers, and the jobs themselves, whose ids are in the order of time. */
export class RecentWork {
  #term: string | null = null;
  #before = new Map<string, WorkerCounts['stats']>();
  #atMs = 0;
  #acceptedUntilMs = 0;
  #steps: Step[] = [];

  /**
   * Goes on to a moment, with what all workers had written down by then. Should `countAccepted` fail, the next step covers this
   * one's time too.
   * @param look.term whose looks these are: between two terms somebody else has counted, so the first look only takes bearings,
   * as does one after a long break.
   */
  async goOn(
    look: { term: string; nowMs: number; workers: readonly WorkerCounts[] },
    countAccepted: (fromMs: number, toMs: number) => Promise<readonly { kind: string; accepted: number }[]>,
  ): Promise<Step> {
    const { term, nowMs, workers } = look;
    const isFirst = term !== this.#term || nowMs - this.#atMs > maxBreakMs;
    const acceptedUntilMs = nowMs - commitLagMs;
    const done = new Map<string, KindStats>();
    const accepted = new Map<string, number>();
    if (!isFirst) {
      // A clock that was put back must not count the same jobs again.
      if (acceptedUntilMs > this.#acceptedUntilMs)
        for (const row of await countAccepted(this.#acceptedUntilMs, acceptedUntilMs))
          accepted.set(row.kind, row.accepted);
      for (const { id, stats } of workers) {
        // One that was not there before has begun since.
        const before = this.#before.get(id) ?? {};
        for (const [kind, now] of Object.entries(stats))
          done.set(kind, addStats(done.get(kind) ?? noStats(), statsSince(now, before[kind] ?? noStats())));
      }
    }
    const step = { atMs: nowMs, ms: isFirst ? 0 : Math.max(0, nowMs - this.#atMs), accepted, done };
    this.#steps = isFirst ? [step] : [...this.#steps.filter(one => one.atMs > nowMs - windowMs), step];
    this.#before = new Map(workers.map(({ id, stats }) => [id, stats]));
    this.#term = term;
    this.#atMs = nowMs;
    this.#acceptedUntilMs = isFirst ? acceptedUntilMs : Math.max(this.#acceptedUntilMs, acceptedUntilMs);
    return step;
  }

  /** Of the last minute, as far as it was looked at. */
  ratesOf(kind: string): RecentRates {
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
