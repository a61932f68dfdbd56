import type { Broker, OutgoingMessage } from '../shared/broker/broker.ts';
import type { Catalog } from '../shared/catalog.ts';
import type { Log } from '../shared/log.ts';
import { encodeNudge, packNudges, type DueJob, type Nudge } from '../shared/message.ts';
import type { Metrics } from '../shared/metrics.ts';
import { isUnavailable, type Database } from './connect.ts';
import { markQueued } from './core/relay.ts';
import type { Outlet } from './transact.ts';

export interface DispatchOptions {
  db: Database;
  broker: Broker;
  catalog: Catalog;
  log: Log;
  metrics: Metrics;
}

/** Above this many messages without a confirm, new jobs are left to the relay: memory stays flat when the broker is slow. */
const maxUnconfirmed = 5_000;
const markEveryMs = 1_000;
const markBatchRows = 500;

/** A job whose message the broker has stored, with its fence at that time. */
type Confirmed = Pick<DueJob, 'id' | 'claimNo'>;

/**
 * Publishes committed jobs and remembers, lazily, which ones the broker has confirmed. Edge, workers and ops all publish
 * through one of these. Nothing here can lose a job: a row that is not marked as queued falls due again.
 */
export class Dispatch implements Outlet {
  readonly #options: DispatchOptions;
  readonly #timer: NodeJS.Timeout;
  #waiting: DueJob[] = [];
  #unconfirmed = 0;
  // Two generations: an id is marked 1 to 2 s after its confirm. Most jobs are claimed by then and need no mark at all.
  #fresh: Confirmed[] = [];
  #aged: Confirmed[] = [];
  #publishing: Promise<void> | undefined;
  #marking: Promise<void> = Promise.resolve();

  constructor(options: DispatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#age(), markEveryMs);
    this.#timer.unref();
  }

  get unconfirmed(): number {
    return this.#unconfirmed;
  }

  /**
   * Publishes soon, together with what else arrives in this turn of the event loop, and under load with what arrives until
   * the last messages are confirmed: a broker's work is by the message, not by the job.
   */
  send(jobs: readonly DueJob[]): void {
    if (this.#options.broker.state !== 'up') return;
    if (this.#unconfirmed + this.#waiting.length + jobs.length > maxUnconfirmed) return;
    this.#waiting.push(...jobs);
    this.#publishing ??= this.#publishWaiting();
  }

  /** Publishes now; answers how many of the jobs the broker has confirmed. */
  async publish(jobs: readonly DueJob[]): Promise<number> {
    const { broker, catalog, metrics } = this.#options;
    const nudges = packNudges(jobs, kind => catalog.get(kind)?.jobsPerMessage ?? 1);
    this.#unconfirmed += jobs.length;
    try {
      const confirmed = await broker.publish(nudges.map(messageOf));
      let count = 0;
      nudges.forEach((nudge, index) => {
        metrics.published.inc({ kind: nudge.kind, confirmed: String(confirmed[index]) }, nudge.jobs.length);
        if (!confirmed[index]) return;
        for (const { id, claimNo } of nudge.jobs) this.#fresh.push({ id, claimNo });
        count += nudge.jobs.length;
      });
      return count;
    } finally {
      this.#unconfirmed -= jobs.length;
    }
  }

  /** Publishes what waits, marks what is confirmed and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#publishing;
    this.#age();
    this.#age();
    await this.#marking;
  }

  async #publishWaiting(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting;
      this.#waiting = [];
      const published = this.publish(jobs).catch((error: unknown) => {
        this.#options.log.error({ err: error }, 'publishing failed; the relay will repeat it');
      });
      await Promise.race([published, patience()]);
    }
    this.#publishing = undefined;
  }

  #age(): void {
    const confirmed = this.#aged;
    this.#aged = this.#fresh;
    this.#fresh = [];
    if (confirmed.length > 0) this.#marking = this.#marking.then(() => this.#mark(confirmed));
  }

  async #mark(confirmed: Confirmed[]): Promise<void> {
    for (let from = 0; from < confirmed.length; from += markBatchRows) {
      try {
        await markQueued(this.#options.db, confirmed.slice(from, from + markBatchRows));
      } catch (error) {
        // Unmarked rows fall due and are published once more, which harms nothing.
        if (!isUnavailable(error)) this.#options.log.error({ err: error }, 'marking queued jobs failed');
        return;
      }
    }
  }
}

function messageOf(nudge: Nudge): OutgoingMessage {
  return { kind: nudge.kind, body: encodeNudge(nudge) };
}

/** How long a confirm may keep the next messages waiting; a quorum queue's takes a few milliseconds. */
function patience(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 25).unref());
}
