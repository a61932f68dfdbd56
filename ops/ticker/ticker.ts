import { connectDatabase } from '../../db/connect.ts';
import type { Spine } from '../../db/spine.ts';
import { startLoop, type Loop } from '../../shared/loop.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { drainOnce } from './drain.ts';
import { gaugeOnce } from './gauge.ts';
import { Leadership } from './leadership.ts';
import { reconcilePaymentsOnce } from './payments.ts';
import { reapOnce } from './reap.ts';
import { requeueOnce } from './requeue.ts';
import { rescueOnce } from './rescue.ts';
import { scheduleOnce } from './schedule.ts';
import { schedules } from './schedules.ts';
import { refreshSellersOnce } from './sellers.ts';
import { sweepFilesOnce } from './sweep-files.ts';

const holdEveryMs = 1_000;

/** Makes happen what time alone makes due. Any number may run; one leads and works, the others wait for its place. */
export class Ticker {
  readonly #spine: Spine;
  readonly #ports: Ports;
  readonly #leaderDb;
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
    const hold = async () => {
      spine.metrics.tickerLeader.set((await this.leadership.hold()) ? 1 : 0);
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
      leading('reap', 60_000, () => reapOnce(spine)),
      leading('gauge', 5_000, () => gaugeOnce(spine)),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map(loop => loop.stop()));
    await this.leadership.release();
    await this.#leaderDb.$pool.end();
  }
}
