import { durationPlace, type KindStats, noStats } from '../shared/kind-stats.ts';
import type { RunningJobs } from './running.ts';

/** Counts what this process does, by kind, for the heartbeat to write down. */
export class KindCounter {
  readonly #running: RunningJobs;
  #kinds = new Map<string, KindStats>();

  constructor(running: RunningJobs) {
    this.#running = running;
  }

  /** An attempt has ended. @param ms from the job's acceptance. */
  ended(kind: string, outcome: 'succeeded' | 'failed' | 'retried', ms: number): void {
    const stats = this.#of(kind);
    stats[outcome] += 1;
    if (outcome === 'succeeded') {
      const place = durationPlace(ms);
      stats.durations[place] = (stats.durations[place] ?? 0) + 1;
    }
  }

  /** Begins anew, as a worker that has registered under a new id does. */
  reset(): void {
    this.#kinds = new Map();
  }

  read(): Record<string, KindStats> {
    for (const stats of this.#kinds.values()) stats.running = 0;
    for (const { job } of this.#running) this.#of(job.kind).running += 1;
    return Object.fromEntries(this.#kinds);
  }

  #of(kind: string): KindStats {
    let stats = this.#kinds.get(kind);
    if (!stats) this.#kinds.set(kind, (stats = noStats()));
    return stats;
  }
}
