import type { Database } from '../../db/connect.ts';
import { type BulkActionRow, listLiveBulkActions } from '../../db/core/bulk-actions.ts';
import { type FailureNoteRow, listFailureNotes } from '../../db/core/failure-notes.ts';
import { type JobRow, listJobsByIds } from '../../db/core/jobs.ts';
import { listSnapshots } from '../../db/core/snapshots.ts';
import type { Log } from '../../shared/log.ts';
import { startLoop, type Loop } from '../../shared/loop.ts';
import type { FailuresSnapshot } from '../snapshots/failures.ts';
import type { QueuesSnapshot } from '../snapshots/queues.ts';
import { checkHealth, type HealthReport, type HealthDeps } from './health.ts';

/** What everybody sees who looks now. */
export interface Sight {
  queues: { ageS: number; body: QueuesSnapshot } | null;
  failures: { ageS: number; body: FailuresSnapshot } | null;
  /** Of watched jobs, by id. */
  jobs: ReadonlyMap<string, JobRow>;
  /** Actions on many jobs that run, or ended within the last minutes. */
  bulks: readonly BulkActionRow[];
  /** What operators have said of failures. */
  notes: readonly FailureNoteRow[];
  health: HealthReport | null;
  /** Null unless the last look failed: then all of the above is as old as `since`. */
  blind: { since: Date; problem: string } | null;
}

/** Older than this, nobody leads: the leader looks every two seconds, and after a long look rests for ten at most. */
export const staleS = 30;

const everyMs = 1_000;
const healthEveryMs = 10_000;

/** Called after each look with what was seen. */
type Watcher = (sight: Sight) => void;

/**
 * The console's one look at the system: while anybody watches, four statements a second, however many pages are open, and the
 * outside's health every ten seconds. Nobody watches: nothing is asked.
 */
export class Live {
  readonly #db: Database;
  readonly #log: Log;
  readonly #healthDeps: HealthDeps;
  readonly #watchers = new Map<Watcher, readonly string[]>();
  #loop: Loop | null = null;
  #sight: Sight = { queues: null, failures: null, jobs: new Map(), bulks: [], notes: [], health: null, blind: null };
  #seenMs = Number.NEGATIVE_INFINITY;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<Sight> | null = null;

  constructor(deps: HealthDeps & { db: Database; log: Log }) {
    this.#db = deps.db;
    this.#log = deps.log;
    this.#healthDeps = deps;
  }

  /** What was seen last. */
  get sight(): Sight {
    return this.#sight;
  }

  /** How many pages are open. */
  get watching(): number {
    return this.#watchers.size;
  }

  /** What is so now, or was a second ago. Looks at `jobIds` too. */
  async look(jobIds: readonly string[] = []): Promise<Sight> {
    const knowsJobs = jobIds.every(id => this.#sight.jobs.has(id));
    if (knowsJobs && performance.now() - this.#seenMs < everyMs) return this.#sight;
    if (jobIds.length === 0) return (this.#looking ??= this.#look([]).finally(() => (this.#looking = null)));
    return this.#look(jobIds);
  }

  /** Calls `watcher` after every look until it is told to stop. */
  watch(watcher: Watcher, jobIds: readonly string[] = []): () => void {
    this.#watchers.set(watcher, jobIds);
    this.#loop ??= startLoop({ name: 'console', everyMs, log: this.#log, run: () => this.#beat() });
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      const loop = this.#loop;
      this.#loop = null;
      void loop?.stop();
    };
  }

  async close(): Promise<void> {
    this.#watchers.clear();
    await this.#loop?.stop();
    this.#loop = null;
  }

  async #beat(): Promise<void> {
    try {
      await this.#look([]);
    } finally {
      // Also when the look failed: who watches must learn that what they see is old.
      for (const watcher of this.#watchers.keys()) watcher(this.#sight);
    }
  }

  async #look(more: readonly string[]): Promise<Sight> {
    const ids = [...new Set([...more, ...[...this.#watchers.values()].flat()])];
    if (performance.now() - this.#checkedMs > healthEveryMs) {
      this.#checkedMs = performance.now();
      // Not waited for: a provider that hangs must not hold the page.
      void checkHealth(this.#healthDeps, this.#sight.health).then(health => {
        this.#sight = { ...this.#sight, health };
      });
    }
    const [snapshots, jobs, bulks, notes] = await Promise.all([
      listSnapshots(this.#db),
      listJobsByIds(this.#db, ids),
      listLiveBulkActions(this.#db),
      listFailureNotes(this.#db),
    ]).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      this.#sight = { ...this.#sight, blind: { since: this.#sight.blind?.since ?? new Date(), problem } };
      throw error;
    });
    const read = (name: string) => snapshots.find(one => one.name === name) ?? null;
    this.#sight = {
      ...this.#sight,
      queues: read('queues') as Sight['queues'],
      failures: read('failures') as Sight['failures'],
      jobs: new Map(jobs.map(job => [job.id, job])),
      bulks,
      notes,
      blind: null,
    };
    this.#seenMs = performance.now();
    return this.#sight;
  }
}
