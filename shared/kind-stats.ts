/** Upper bounds, in milliseconds, of the durations that workers count; the last has none. */
export const durationBoundsMs = [
  5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 21_600_000,
] as const;

/** What a worker process has done of one kind since it registered. */
export interface KindStats {
  /** Now. */
  running: number;
  succeeded: number;
  failed: number;
  /** Attempts that ended in another one. */
  retried: number;
  /** Of jobs that succeeded: how many took, from acceptance to result, no longer than each bound; one more for the rest. */
  durations: number[];
}

export function noStats(): KindStats {
  return { running: 0, succeeded: 0, failed: 0, retried: 0, durations: durationBoundsMs.map(() => 0).concat(0) };
}

/** The place of a duration among the bounds. */
export function durationPlace(ms: number): number {
  const place = durationBoundsMs.findIndex(bound => ms <= bound);
  return place === -1 ? durationBoundsMs.length : place;
}

/**
 * The duration below which a share of the counted ones lie, in milliseconds, taken as evenly spread between its bounds. Null if
 * none was counted.
 */
export function durationAt(durations: readonly number[], share: number): number | null {
  const total = durations.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let before = 0;
  for (const [place, count] of durations.entries()) {
    if (count > 0 && before + count >= wanted) {
      const low = place === 0 ? 0 : (durationBoundsMs[place - 1] as number);
      const high = durationBoundsMs[place] ?? low;
      return low + ((wanted - before) / count) * (high - low);
    }
    before += count;
  }
  return null;
}

/** What came on top between two readings of one worker. */
export function statsSince(now: KindStats, before: KindStats): KindStats {
  return {
    running: now.running,
    succeeded: now.succeeded - before.succeeded,
    failed: now.failed - before.failed,
    retried: now.retried - before.retried,
    durations: now.durations.map((count, place) => count - (before.durations[place] ?? 0)),
  };
}

export function addStats(a: KindStats, b: KindStats): KindStats {
  return {
    running: a.running + b.running,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    retried: a.retried + b.retried,
    durations: a.durations.map((count, place) => count + (b.durations[place] ?? 0)),
  };
}
