import { isRowFault, type Connection, type Database } from '../db/connect.ts';
import { findByIdemKey, newJob, writeJobs, type JobOrder, type NewJob } from '../db/core/job-insert.ts';
import { countLiveJobs, findLiveJob, getJob, type JobRow } from '../db/core/jobs.ts';
import type { Dispatch } from '../db/dispatch.ts';
import { batch } from '../shared/batch.ts';
import { Fault } from '../shared/fault.ts';
import type { AnySpec } from '../shared/job.ts';
import type { Metrics } from '../shared/metrics.ts';

/** Commits a job and publishes it; the moment of its creation, or null if it clashes with another's key. */
export type Accept = (job: NewJob) => Promise<Date | null>;

export interface SubmitDeps {
  spineDb: Database;
  accept: Accept;
  metrics: Metrics;
  liveCap: LiveCap;
}

export interface Submitted {
  job: JobRow;
  /** The idempotency key had been used for the same request: `job` is the original. */
  replayed: boolean;
}

/** What arrives in one turn of the event loop is committed in one statement and published in few messages. */
export function createAccept(deps: { spineDb: Database; dispatch: Dispatch }): Accept {
  return batch<NewJob, Date | null>({
    maxItems: 500,
    // One: what arrives while a statement is under way makes the next one bigger, and fewer statements are the gain.
    lanes: 1,
    divisible: isRowFault,
    run: async jobs => {
      const created = await writeJobs(deps.spineDb, jobs);
      const written = jobs.filter((job, index) => created[index] && job.delayMs === 0);
      if (written.length > 0)
        deps.dispatch.send(written.map(({ id, kind }) => ({ id, kind, attempt: 0, claimNo: 0, isolate: false })));
      return created;
    },
  });
}

/**
 * Accepts one job that brings no domain rows. Throws `Fault`: `idempotency_conflict` when the key was used for another
 * request, `conflict` when a live job holds the unique key, `rate_limited` over the owner's cap of waiting jobs.
 */
export async function submit(deps: SubmitDeps, spec: AnySpec, payload: unknown, order: JobOrder): Promise<Submitted> {
  await deps.liveCap.check(order.owner, 1);
  const job = newJob(spec, payload, order);
  const createdAt = await deps.accept(job);
  if (createdAt) {
    deps.metrics.accepts.inc({ kind: spec.kind, replayed: 'false' });
    return { job: acceptedRow(job, createdAt), replayed: false };
  }
  const original = await findOriginal(deps.spineDb, job);
  if (original) {
    deps.metrics.accepts.inc({ kind: spec.kind, replayed: 'true' });
    return { job: original, replayed: true };
  }
  // The job that stood in the way has ended meanwhile.
  return submit(deps, spec, payload, order);
}

/** The job behind a clash. Throws `Fault` where the clash is an error; null if it is gone. */
export async function findOriginal(db: Connection, job: NewJob): Promise<JobRow | null> {
  if (job.idemKey !== null) {
    const earlier = await findByIdemKey(db, job.owner, job.idemKey);
    if (earlier) {
      if (earlier.fingerprint !== job.fingerprint) throw idempotencyConflict();
      return getJob(db, earlier.id);
    }
  }
  if (job.uniqueKey !== null) {
    const live = await findLiveJob(db, job.uniqueKey);
    if (live) {
      throw new Fault('conflict', 'A job for the same subject is under way.', {
        reason: 'DUPLICATE_JOB',
        details: { jobId: live.id },
      });
    }
  }
  return null;
}

export function idempotencyConflict(): Fault {
  return new Fault('idempotency_conflict', 'This Idempotency-Key was used for another request.', {
    reason: 'IDEMPOTENCY_CONFLICT',
  });
}

/** The row as it was committed, without asking for it again. */
export function acceptedRow(job: NewJob, createdAt: Date): JobRow {
  return {
    id: job.id,
    kind: job.kind,
    version: job.version,
    area: job.area,
    owner: job.owner,
    tenant: job.tenant,
    state: 'pending',
    attempt: 0,
    maxAttempts: job.maxAttempts,
    claimNo: 0,
    isolate: false,
    cancelRequested: false,
    rev: 1,
    progress: null,
    payload: null,
    result: null,
    fault: null,
    dueAt: null,
    queuedAt: null,
    worker: null,
    uniqueKey: job.uniqueKey,
    requestId: job.requestId,
    trace: job.trace,
    createdAt,
    startedAt: null,
    finishedAt: null,
  };
}

/**
 * Keeps one owner from filling the queues. Counting is dear, so it is done only once an owner has posted a twentieth of
 * the cap to this process since the last count: the cap may be overshot by that much per process.
 */
export class LiveCap {
  readonly #db: Database;
  readonly #cap: number;
  readonly #posted = new Map<string, number>();

  constructor(db: Database, cap: number) {
    this.#db = db;
    this.#cap = cap;
  }

  async check(owner: string, jobs: number): Promise<void> {
    const posted = (this.#posted.get(owner) ?? 0) + jobs;
    this.#posted.set(owner, posted);
    if (posted < Math.max(1, this.#cap / 20)) return;
    this.#posted.set(owner, 0);
    const live = await countLiveJobs(this.#db, owner, this.#cap + 1);
    if (live + jobs <= this.#cap) return;
    this.#posted.set(owner, posted); // the next post counts again
    throw new Fault('rate_limited', `You have ${this.#cap} jobs waiting; let some finish first.`, {
      reason: 'TOO_MANY_LIVE_JOBS',
      retryAfterS: 10,
      details: { cap: this.#cap },
    });
  }
}
