import type { Connection } from '../../db/connect.ts';
import { readTail, type TailedJob } from '../../db/core/job-tail.ts';
import { isFinal, statusOf, type JobStatus } from '../../shared/state.ts';

/** A job has begun, or an attempt at it has ended. */
export interface TailEvent {
  event: 'started' | 'released' | Exclude<JobStatus, 'queued' | 'running'>;
  at: Date;
  /** From its claim on; null for a start. */
  tookMs: number | null;
  job: TailedJob;
}

/** A claim commits at most this long after the moment that it carries. */
const commitLagMs = 2_000;
const maxClaims = 2_000;
const maxWatched = 5_000;

/** Follows jobs as they start and end, by one statement a look. */
export class JobTail {
  readonly #db: Connection;
  readonly #filter: { kind: string | null; owner: string | null };
  #since: Date | null = null;
  /** What was told last of each claim: whether it ran still, and when it was seen last. */
  #told = new Map<string, { id: string; runs: boolean; seenMs: number }>();

  constructor(db: Connection, filter: { kind: string | null; owner: string | null }) {
    this.#db = db;
    this.#filter = filter;
  }

  /**
   * What has happened since the last look; the first one only takes bearings. `isCut`: more began than are followed, so that some
   * are left out.
   */
  async look(): Promise<{ events: TailEvent[]; isCut: boolean }> {
    const watched = [...this.#told.values()].filter(({ runs }) => runs).map(({ id }) => id);
    const look = { ...this.#filter, since: this.#since, watched: watched.slice(-maxWatched), limit: maxClaims };
    const { at, begun, jobs } = await readTail(this.#db, look);
    const isFirst = this.#since === null;
    const atMs = at.getTime();
    const events: TailEvent[] = [];
    const seen = new Set<string>();
    for (const job of jobs) {
      const claim = `${job.id}/${job.claimNo}`;
      seen.add(claim);
      const runs = job.state === 'running';
      const before = this.#told.get(claim);
      this.#told.set(claim, { id: job.id, runs, seenMs: atMs });
      if (isFirst || (before && (runs || !before.runs))) continue;
      events.push(eventOf(job, at));
    }
    for (const [claim, { runs, seenMs }] of this.#told) {
      // One that runs and is not among the answers was claimed anew by another, or deleted.
      const isGone = runs ? !seen.has(claim) && watched.length <= maxWatched : atMs - seenMs > 2 * commitLagMs;
      if (isGone) this.#told.delete(claim);
    }
    this.#since = new Date(atMs - commitLagMs);
    return { events, isCut: begun >= maxClaims };
  }
}

function eventOf(job: TailedJob, seenAt: Date): TailEvent {
  const { state, attempt, startedAt, finishedAt } = job;
  if (state === 'running') return { event: 'started', at: startedAt, tookMs: null, job };
  const status = statusOf(state, attempt);
  // The row of an attempt that is to be repeated does not say when the last one ended.
  const at = isFinal(state) && finishedAt ? finishedAt : seenAt;
  const tookMs = finishedAt ? finishedAt.getTime() - startedAt.getTime() : null;
  return { event: status === 'queued' || status === 'running' ? 'released' : status, at, tookMs, job };
}
