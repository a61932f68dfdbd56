import { hostname } from 'node:os';
import { connectDatabase } from '../../db/connect.ts';
import type { Spine } from '../../db/spine.ts';
import { startLoop, type Loop } from '../../shared/loop.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { LoopSnapshot } from '../snapshots/queues.ts';
import { drainOnce } from './drain.ts';
import { Leadership } from './leadership.ts';
import { reconcilePaymentsOnce } from './payments.ts';
import { reapOnce } from './reap.ts';
import { requeueOnce } from './requeue.ts';
import { rescueOnce } from './rescue.ts';
import { runBulkOnce } from './run-bulk.ts';
import { scheduleOnce } from './schedule.ts';
import { sampleFailuresOnce } from './sample-failures.ts';
import { Sampler } from './sampler.ts';
import { schedules } from './schedules.ts';
import { refreshSellersOnce } from './sellers.ts';
import { sweepFilesOnce } from './sweep-files.ts';

const holdEveryMs = 1_000;
const sampleEveryMs = 2_000;
const failuresEveryMs = 10_000;
/** A look that takes long is taken less often: it may use a twentieth of the time. */
const sparingFactor = 20;
/** Not for so long that nobody would seem to lead. */
const maxSampleRestMs = 10_000;
const maxFailuresRestMs = 60_000;

/** Makes happen what time alone makes due. Any number may run; one leads and works, the others wait for its place. */
export class Ticker {
  readonly #spine: Spine;
  readonly #ports: Ports;
  readonly #leaderDb;
  readonly #samplingDb;
  readonly leadership: Leadership;
  #loops: Loop[] = [];

  constructor(spine: Spine, ports: Ports) {
    this.#spine = spine;
    this.#ports = ports;
    // A connection of its own: the lock lives as long as its session.
    this.#leaderDb = connectDatabase({
      url: spine.config.databaseUrl as string,
      maxConnections: 1,
      applicationName: 'millrace-ticker-leader',
      onError: () => {},
    });
    // Looks at what waits read by index whatever the planner believes, and starve neither handlers nor the spine.
    this.#samplingDb = connectDatabase({
      url: spine.config.databaseUrl as string,
      maxConnections: 2,
      applicationName: 'millrace-ticker-sampling',
      indexLookupsOnly: true,
      onError: () => {},
    });
    this.leadership = new Leadership(this.#leaderDb, spine.log);
  }

  start(): void {
    const spine = this.#spine;
    const emptyBefore = new Set<string>();
    const leading = (name: string, everyMs: number, verb: () => Promise<unknown>): Loop =>
      startLoop({
        name,
        everyMs,
        log: spine.log,
        run: async () => this.leadership.leads && (await verb()) === true,
      });
    const leader = () => ({ name: `${hostname()}:${process.pid}`, since: this.leadership.since.toISOString() });
    const sampler = new Sampler({ ...spine, db: this.#samplingDb, leader, loops: () => this.#loops.map(loopOf) });
    const hold = async () => {
      try {
        await this.leadership.hold();
      } finally {
        const { leads } = this.leadership;
        spine.metrics.tickerLeader.set(leads ? 1 : 0);
        if (!leads) spine.metrics.forgetSample();
      }
    };
    this.#loops = [
      startLoop({ name: 'lead', everyMs: holdEveryMs, run: hold, log: spine.log }),
      leading('schedule', 1_000, () => scheduleOnce(spine, schedules)),
      leading('rescue', 1_000, async () => this.leadership.ledForMs > spine.config.leaseMs && rescueOnce(spine)),
      leading('drain', 1_000, () => drainOnce(spine)),
      leading('requeue', 5_000, () => requeueOnce(spine, emptyBefore)),
      leading('sellers', 60_000, () => refreshSellersOnce({ ...spine, ports: this.#ports })),
      leading('payments', 30_000, () => reconcilePaymentsOnce({ ...spine, ports: this.#ports })),
      leading('sweep-files', 6 * 3_600_000, () => sweepFilesOnce({ ...spine, ports: this.#ports })),
      leading('bulk', 1_000, () => runBulkOnce(spine)),
      leading('reap', 60_000, () => reapOnce(spine)),
      leading(
        'sample',
        sampleEveryMs,
        sparing(maxSampleRestMs, () => sampler.sample()),
      ),
      leading(
        'sample-failures',
        failuresEveryMs,
        sparing(maxFailuresRestMs, () => sampleFailuresOnce({ ...spine, db: this.#samplingDb })),
      ),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map(loop => loop.stop()));
    await this.leadership.release();
    await Promise.all([this.#leaderDb.$pool.end(), this.#samplingDb.$pool.end()]);
  }
}

/** Leaves a look out as long as it would take more than its share of the time, at most for `maxRestMs`. */
function sparing(maxRestMs: number, look: () => Promise<unknown>): () => Promise<void> {
  let restUntilMs = 0;
  return async () => {
    if (performance.now() < restUntilMs) return;
    const startedMs = performance.now();
    try {
      await look();
    } finally {
      const tookMs = performance.now() - startedMs;
      restUntilMs = performance.now() + Math.min(maxRestMs, sparingFactor * tookMs);
    }
  };
}

function loopOf(loop: Loop): LoopSnapshot {
  const last = loop.last();
  return {
    name: loop.name,
    everyMs: loop.everyMs,
    lastAt: last?.startedAt.toISOString() ?? null,
    lastMs: last === null ? null : Math.round(last.ms),
    error: last?.error ?? null,
  };
}
