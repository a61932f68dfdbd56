import { changedJobs, type JobRow } from '../db/core/jobs.ts';
import { isUnavailable, type Database } from '../db/connect.ts';
import type { Log } from '../shared/log.ts';
import { isFinal } from '../shared/state.ts';

interface Watch {
  id: string;
  rev: number;
  onChange: (job: JobRow) => void;
}

/** Moments after the newest registration at which to look, then every `steadyMs`. */
const firstLooksMs = [5, 8, 11, 15, 20, 30];
const steadyMs = 50;
const afterFailureMs = 500;

/**
 * Everyone in this process who waits for a job: one query for all of them at each look, none when nobody waits. No
 * LISTEN/NOTIFY: a NOTIFY takes a lock on the whole database at commit.
 */
export class Watcher {
  readonly #db: Database;
  readonly #log: Log;
  readonly #watches = new Set<Watch>();
  #timer: NodeJS.Timeout | undefined;
  #newestMs = 0;
  #looking = false;

  constructor(db: Database, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** Calls back with the row whenever its revision is seen to differ from the last one seen; changes are coalesced. */
  subscribe(id: string, rev: number, onChange: (job: JobRow) => void): () => void {
    const watch: Watch = { id, rev, onChange };
    this.#watches.add(watch);
    this.#newestMs = performance.now();
    this.#schedule();
    return () => {
      this.#watches.delete(watch);
    };
  }

  /** The row once it is final; null after `timeoutMs`, or when the client has gone. */
  until(id: string, options: { rev?: number; timeoutMs: number; signal?: AbortSignal }): Promise<JobRow | null> {
    return new Promise(resolve => {
      const finish = (job: JobRow | null) => {
        clearTimeout(timer);
        unsubscribe();
        options.signal?.removeEventListener('abort', leave);
        resolve(job);
      };
      const leave = () => finish(null);
      const timer = setTimeout(leave, options.timeoutMs);
      const unsubscribe = this.subscribe(id, options.rev ?? 0, job => {
        if (isFinal(job.state)) finish(job);
      });
      options.signal?.addEventListener('abort', leave, { once: true });
      if (options.signal?.aborted) leave();
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watches.clear();
  }

  #schedule(): void {
    if (this.#looking || this.#watches.size === 0) return;
    clearTimeout(this.#timer);
    const sinceNewestMs = performance.now() - this.#newestMs;
    const nextMs = firstLooksMs.find(atMs => atMs > sinceNewestMs);
    this.#timer = setTimeout(() => void this.#look(), nextMs === undefined ? steadyMs : nextMs - sinceNewestMs);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      const watches = [...this.#watches];
      const lowest = new Map<string, number>();
      for (const { id, rev } of watches) lowest.set(id, Math.min(rev, lowest.get(id) ?? rev));
      const rows = await changedJobs(
        this.#db,
        [...lowest].map(([id, rev]) => ({ id, rev })),
      );
      const byId = new Map(rows.map(row => [row.id, row]));
      for (const watch of watches) {
        const row = byId.get(watch.id);
        if (!row || row.rev === watch.rev || !this.#watches.has(watch)) continue;
        watch.rev = row.rev;
        watch.onChange(row);
      }
    } catch (error) {
      if (!isUnavailable(error)) this.#log.error({ err: error }, 'looking for watched jobs failed');
      await new Promise(resolve => setTimeout(resolve, afterFailureMs));
    } finally {
      this.#looking = false;
      this.#schedule();
    }
  }
}
