import type { ClaimedJob } from '../db/core/job-run.ts';

/** Why a handler is told to stop. */
export type StopReason = 'timeout' | 'cancel' | 'lease' | 'shutdown';

/** The reason of an aborted `ctx.signal`. */
export class Stopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`stopped: ${why}`);
    this.name = 'AbortError'; // what fetch and the like expect an abort to be called
    this.why = why;
  }
}

/** A job in a handler of this process. */
export class RunningJob {
  readonly job: ClaimedJob & { worker: string };
  /** What the handler said last, and what was last written. */
  progress: number | null = null;
  writtenProgress: number | null = null;
  /** Why it was told to stop; null while it wasn't. */
  stopped: Stopped | null = null;
  #controller: AbortController | undefined;
  #onStop: ((reason: Stopped) => void) | undefined;

  constructor(job: ClaimedJob & { worker: string }) {
    this.job = job;
  }

  /** Made on first use: most handlers are done before anybody could stop them. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.stopped) this.#controller.abort(this.stopped);
    }
    return this.#controller.signal;
  }

  /** Tells the handler to stop, once. */
  stop(why: StopReason): void {
    if (this.stopped) return;
    this.stopped = new Stopped(why);
    this.#onStop?.(this.stopped);
    this.#controller?.abort(this.stopped);
  }

  /** The outcome of `work`, or a rejection with `Stopped` as soon as the job is told to stop. */
  unlessStopped<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#onStop = reject;
      if (this.stopped) return reject(this.stopped);
      work().then(resolve, reject);
    });
  }
}

/** The jobs that this process runs now. */
export class RunningJobs {
  readonly #jobs = new Map<string, RunningJob>();
  #waiters: (() => void)[] = [];

  get size(): number {
    return this.#jobs.size;
  }

  add(running: RunningJob): void {
    this.#jobs.set(keyOf(running), running);
  }

  remove(running: RunningJob): void {
    this.#jobs.delete(keyOf(running));
    if (this.#jobs.size > 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  has({ id, claimNo }: Pick<ClaimedJob, 'id' | 'claimNo'>): boolean {
    return this.#jobs.has(`${id}/${claimNo}`);
  }

  [Symbol.iterator](): Iterator<RunningJob> {
    return this.#jobs.values();
  }

  /** Start of the oldest one, by the database's clock. */
  busySince(): Date | null {
    let oldest: Date | null = null;
    for (const { job } of this.#jobs.values()) if (!oldest || job.startedAt < oldest) oldest = job.startedAt;
    return oldest;
  }

  abort(why: StopReason, select: (running: RunningJob) => boolean = () => true): void {
    for (const running of this.#jobs.values()) if (select(running)) running.stop(why);
  }

  /** True once none runs, false if some still do after `timeoutMs`. */
  async idle(timeoutMs: number): Promise<boolean> {
    if (this.#jobs.size === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const idle = new Promise<boolean>(resolve => this.#waiters.push(() => resolve(true)));
    const late = new Promise<boolean>(resolve => (timer = setTimeout(() => resolve(false), timeoutMs)));
    try {
      return await Promise.race([idle, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A rescued job may come back to the very process that still runs it: the claim tells the two apart. */
function keyOf({ job }: RunningJob): string {
  return `${job.id}/${job.claimNo}`;
}
