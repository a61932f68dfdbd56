import { setMaxListeners } from 'node:events';
import type { ClaimedJob } from '../db/core/job-run.ts';
import { isUnavailable } from '../db/connect.ts';
import type { Broker, Consumer, Delivery } from '../shared/broker/broker.ts';
import type { AnySpec } from '../shared/job.ts';
import type { Log } from '../shared/log.ts';
import { decodeNudge, type JobRef } from '../shared/message.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { Gate } from './gate.ts';
import type { Heartbeat } from './heartbeat.ts';
import { RunningJob, type RunningJobs } from './running.ts';
import { Slots } from './slots.ts';

export interface ConsumeDeps {
  broker: Broker;
  spec: AnySpec;
  gate: Gate;
  heartbeat: Heartbeat;
  running: RunningJobs;
  log: Log;
  metrics: Metrics;
  /** Claims in one statement what arrives in one turn; answers in order, null for what is not ours to run. */
  claim: (refs: readonly JobRef[]) => Promise<readonly (ClaimedJob | null)[]>;
  /** Answers, in order, the jobs that an earlier claim of ours has claimed though its answer never came. */
  findUnheard: (refs: readonly JobRef[]) => Promise<readonly (ClaimedJob | null)[]>;
  run: (running: RunningJob) => Promise<void>;
}

/** Ends the wait of messages that a stopping consumer has not claimed yet; they go back to the broker. */
class NotTaken extends Error {}

/**
 * Takes one kind's messages: claims their jobs as places free up, acknowledges each message once all of its jobs are
 * claimed or not claimable, and runs what it claimed. From the claim on the lease guards a job, not the broker.
 */
export class KindConsumer {
  readonly #deps: ConsumeDeps;
  readonly #slots: Slots;
  readonly #taking = new Set<Promise<void>>();
  #consumer: Consumer | null = null;
  #stopping = new AbortController();

  constructor(deps: ConsumeDeps) {
    this.#deps = deps;
    this.#slots = new Slots(deps.spec.concurrency);
  }

  get kind(): string {
    return this.#deps.spec.kind;
  }

  get consuming(): boolean {
    return this.#consumer !== null;
  }

  setConcurrency(limit: number): void {
    this.#slots.setLimit(limit);
  }

  async start(): Promise<void> {
    if (this.#consumer) return;
    const { broker, spec } = this.#deps;
    this.#stopping = new AbortController();
    setMaxListeners(0, this.#stopping.signal); // one for each message that waits for a place
    // Two rounds of work: one running, one at hand.
    const prefetch = Math.ceil((2 * spec.concurrency) / spec.jobsPerMessage);
    this.#consumer = await broker.consume(spec.kind, { prefetch }, delivery => this.#onDelivery(delivery));
  }

  /** Takes nothing more. What is claimed runs on; what is not goes back to the broker. */
  async stop(): Promise<void> {
    const consumer = this.#consumer;
    if (!consumer) return;
    this.#consumer = null;
    this.#stopping.abort(new NotTaken());
    await Promise.all(this.#taking);
    await consumer.stop();
  }

  #onDelivery(delivery: Delivery): void {
    const taking = this.#take(delivery).catch((error: unknown) => {
      if (error instanceof NotTaken) return;
      this.#deps.log.error(
        { err: error, kind: this.kind },
        'a message could not be taken; it goes to the dead letters, and its jobs from there go on alone',
      );
      // Kept without an ack it would hold a place of the prefetch for ever.
      delivery.reject();
    });
    this.#taking.add(taking);
    void taking.finally(() => this.#taking.delete(taking));
  }

  async #take(delivery: Delivery): Promise<void> {
    const nudge = decodeNudge(this.kind, delivery.body);
    if (!nudge) {
      this.#deps.log.error(
        { kind: this.kind, bytes: delivery.body.length },
        'a message is not one of ours; it goes to the dead letters',
      );
      return delivery.reject();
    }
    const [first] = nudge.jobs;
    if (nudge.isolate && first) return this.#takeAlone(first, delivery);
    const claims: Promise<void>[] = [];
    const { signal } = this.#stopping;
    try {
      for (let next = 0; next < nudge.jobs.length; ) {
        await this.#slots.acquire(signal);
        let count = 1;
        while (next + count < nudge.jobs.length && this.#slots.tryAcquire()) count += 1;
        const claim = this.#claimAndRun(nudge.jobs.slice(next, next + count));
        claim.catch(() => {}); // heard below; unheard while this waits for a place, it would end the process
        claims.push(claim);
        next += count;
      }
    } finally {
      await Promise.allSettled(claims); // whoever stops must not miss a claim under way
    }
    await Promise.all(claims);
    delivery.ack();
  }

  async #claimAndRun(refs: readonly JobRef[]): Promise<void> {
    const { gate } = this.#deps;
    let inside = 0;
    let running = 0;
    try {
      // Entered before the claim: a claimed job must be able to run at once.
      await gate.enter(this.#stopping.signal, refs.length);
      inside = refs.length;
      for (const job of await this.#claim(refs)) {
        // Two messages may have found the same unheard claim.
        if (!job || this.#deps.running.has(job)) continue;
        running += 1;
        void this.#run(job).finally(() => {
          gate.leave();
          this.#slots.release();
        });
      }
    } finally {
      gate.leave(inside - running);
      for (let left = running; left < refs.length; left += 1) this.#slots.release();
    }
  }

  /** Resolves once the message is acknowledged; the job keeps the gate to itself until it has ended. */
  #takeAlone(ref: JobRef, delivery: Delivery): Promise<void> {
    return new Promise((taken, failed) => {
      const work = async () => {
        const [job] = await this.#claim([ref]);
        delivery.ack();
        taken();
        if (job) await this.#run(job);
      };
      this.#deps.gate.alone(work, this.#stopping.signal).catch(failed);
    });
  }

  /** Waits for the database and for the lease: a claim that fails for want of either is tried again, not given up. */
  async #claim(refs: readonly JobRef[]): Promise<readonly (ClaimedJob | null)[]> {
    const { heartbeat, metrics } = this.#deps;
    const { signal } = this.#stopping;
    let unheard = false;
    for (let delayMs = 50; ; delayMs = Math.min(1_000, delayMs * 2)) {
      signal.throwIfAborted();
      if (!heartbeat.valid) await heartbeat.renewed(signal);
      try {
        let jobs = await this.#deps.claim(refs);
        if (unheard) {
          const found = await this.#deps.findUnheard(refs);
          jobs = jobs.map((job, index) => job ?? found[index] ?? null);
        }
        const claimed = jobs.reduce((count, job) => (job ? count + 1 : count), 0);
        // No row may also mean that the lease ran out under way; then the nudges are still good.
        if (claimed === 0 && !heartbeat.valid) continue;
        if (claimed > 0) metrics.claims.inc({ kind: this.kind, claimed: 'true' }, claimed);
        if (claimed < refs.length) metrics.claims.inc({ kind: this.kind, claimed: 'false' }, refs.length - claimed);
        return jobs;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        // It may have been committed all the same.
        unheard = true;
        await new Promise(resolve => setTimeout(resolve, delayMs));
      }
    }
  }

  async #run(job: ClaimedJob): Promise<void> {
    const { running, heartbeat, metrics, run } = this.#deps;
    const entry = new RunningJob(Object.assign(job, { worker: heartbeat.id }));
    if (job.attempt === 1) {
      metrics.waitSeconds.observe(
        { kind: job.kind },
        Math.max(0, job.startedAt.getTime() - job.createdAt.getTime()) / 1_000,
      );
    }
    running.add(entry);
    metrics.running.inc({ kind: job.kind });
    try {
      await run(entry);
    } finally {
      running.remove(entry);
      metrics.running.dec({ kind: job.kind });
    }
  }
}
