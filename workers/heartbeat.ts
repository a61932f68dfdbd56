import { readCancelRequests, writeProgress } from '../db/core/job-run.ts';
import { listQueueSettings, type QueueSetting } from '../db/core/queues.ts';
import { extendLease, registerWorker, stopWorker } from '../db/core/workers.ts';
import type { Database } from '../db/connect.ts';
import type { Log } from '../shared/log.ts';
import { uuidV7 } from '../shared/uuid.ts';
import type { KindCounter } from './kind-counter.ts';
import type { RunningJobs } from './running.ts';

export interface HeartbeatOptions {
  db: Database;
  log: Log;
  name: string;
  version: string;
  kinds: readonly string[];
  leaseMs: number;
  running: RunningJobs;
  /** What this process has done, written down with every beat. */
  counter: KindCounter;
  /** Called with every beat's reading of what operators have set. */
  onSettings: (settings: readonly QueueSetting[]) => void;
}

/**
 * This process's lease on what it runs. Each beat extends it, writes progress, and brings back cancel requests and queue
 * settings. Claims wait while the lease may have run out; a lease that the rescue took aborts every running job, and the
 * process goes on under a new one.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #id = uuidV7();
  /** Monotonic. Set from before the statement left: the database's own end of the lease is never earlier. */
  #validUntilMs = 0;
  #renewed: (() => void)[] = [];

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** The worker id that claims go under. */
  get id(): string {
    return this.#id;
  }

  get valid(): boolean {
    return performance.now() < this.#validUntilMs;
  }

  /** Resolves with the next beat that leaves the lease alive. */
  renewed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#renewed.push(resolve);
    });
  }

  async start(): Promise<void> {
    await this.#register();
    this.#options.onSettings(await listQueueSettings(this.#options.db));
  }

  async beat(): Promise<void> {
    const { db, running, counter, log, leaseMs } = this.#options;
    const sentMs = performance.now();
    const load = { leaseMs, running: running.size, busySince: running.busySince(), stats: counter.read() };
    const kept = await extendLease(db, this.#id, load);
    if (kept) {
      this.#validUntilMs = sentMs + leaseMs;
    } else {
      log.warn({ worker: this.#id, running: running.size }, 'the lease was lost; every running job is aborted');
      running.abort('lease');
      await this.#register();
    }
    this.#options.onSettings(await listQueueSettings(db));
    await this.#report();
    for (const resolve of this.#renewed.splice(0)) resolve();
  }

  /** Says goodbye: nothing is left to be rescued. */
  async stop(): Promise<void> {
    this.#validUntilMs = 0;
    await stopWorker(this.#options.db, this.#id, this.#options.counter.read());
  }

  async #register(): Promise<void> {
    const { db, name, version, kinds, leaseMs } = this.#options;
    const sentMs = performance.now();
    const id = uuidV7();
    this.#options.counter.reset();
    await registerWorker(db, { id, name, version, kinds, leaseMs });
    this.#id = id;
    this.#validUntilMs = sentMs + leaseMs;
  }

  async #report(): Promise<void> {
    const { db, running } = this.#options;
    const mine = [...running].filter(entry => entry.job.worker === this.#id);
    if (mine.length === 0) return;
    const moved = mine.filter(entry => entry.progress !== entry.writtenProgress && entry.progress !== null);
    if (moved.length > 0) {
      await writeProgress(
        db,
        moved.map(({ job, progress }) => ({ id: job.id, claimNo: job.claimNo, progress: progress as number })),
      );
      for (const entry of moved) entry.writtenProgress = entry.progress;
    }
    const cancelled = new Set(
      await readCancelRequests(
        db,
        this.#id,
        mine.map(({ job }) => job.id),
      ),
    );
    if (cancelled.size > 0) running.abort('cancel', ({ job }) => cancelled.has(job.id));
  }
}
