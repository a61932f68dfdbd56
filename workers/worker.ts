import { hostname } from 'node:os';
import {
  claimJobs,
  completeJobs,
  findUnheardClaims,
  recordEndings,
  type ClaimedJob,
  type Completion,
  type Ending,
} from '../db/core/job-run.ts';
import type { QueueSetting } from '../db/core/queues.ts';
import { isRowFault, type Database } from '../db/connect.ts';
import type { Dispatch } from '../db/dispatch.ts';
import type { Settlers } from '../db/settle.ts';
import { batch } from '../shared/batch.ts';
import type { Broker } from '../shared/broker/broker.ts';
import type { Catalog } from '../shared/catalog.ts';
import type { AnySpec } from '../shared/job.ts';
import type { Log } from '../shared/log.ts';
import { startLoop, type Loop } from '../shared/loop.ts';
import type { JobRef } from '../shared/message.ts';
import type { Metrics } from '../shared/metrics.ts';
import { KindConsumer } from './consume.ts';
import { Gate } from './gate.ts';
import type { Ports } from '../shared/ports/ports.ts';
import type { Registry } from './handler.ts';
import { Heartbeat } from './heartbeat.ts';
import { checkRegistry } from './registry.ts';
import { relayOnce } from './relay.ts';
import { runJob } from './run.ts';
import { KindCounter } from './kind-counter.ts';
import { RunningJobs } from './running.ts';

export interface WorkerDeps {
  /** Handlers' transactions. */
  db: Database;
  /** The spine's own statements; a pool apart, so that handlers can't starve claims and heartbeats. */
  spineDb: Database;
  broker: Broker;
  dispatch: Dispatch;
  catalog: Catalog;
  registry: Registry;
  settlers: Settlers;
  ports: Ports;
  log: Log;
  metrics: Metrics;
  version: string;
  leaseMs: number;
  relayEveryMs: number;
  /** Kinds to run; empty: all of the catalog. */
  kinds?: readonly string[];
  random?: () => number;
}

const batchItems = 500;

/** One worker process's work: consumers, heartbeat and relay, from `start` to `stop`. */
export class Worker {
  readonly running = new RunningJobs();
  readonly #counter = new KindCounter(this.running);
  readonly heartbeat: Heartbeat;
  readonly #deps: WorkerDeps;
  readonly #consumers: KindConsumer[];
  readonly #closing = new AbortController();
  #settings = new Map<string, QueueSetting>();
  #loops: Loop[] = [];
  #following: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(deps: WorkerDeps) {
    checkRegistry(deps.catalog, deps.registry);
    const unknown = (deps.kinds ?? []).filter(kind => !deps.catalog.has(kind));
    if (unknown.length > 0) throw new Error(`no such kind: ${unknown.join(', ')}`);
    this.#deps = deps;
    const specs = [...deps.catalog.values()].filter(spec => !deps.kinds?.length || deps.kinds.includes(spec.kind));
    this.heartbeat = new Heartbeat({
      db: deps.spineDb,
      log: deps.log,
      name: `${hostname()}:${process.pid}`,
      version: deps.version,
      kinds: specs.map(spec => spec.kind),
      leaseMs: deps.leaseMs,
      running: this.running,
      counter: this.#counter,
      onSettings: settings => this.#follow(settings),
    });
    this.#consumers = this.#consumersOf(specs);
  }

  async start(): Promise<void> {
    const { log, leaseMs, relayEveryMs, spineDb, broker, dispatch, metrics } = this.#deps;
    await this.heartbeat.start();
    await this.#following;
    this.#loops = [
      startLoop({ name: 'heartbeat', everyMs: leaseMs / 5, run: () => this.heartbeat.beat(), log }),
      startLoop({
        name: 'relay',
        everyMs: relayEveryMs,
        run: () => relayOnce({ db: spineDb, broker, dispatch, metrics }),
        log,
      }),
    ];
  }

  /**
   * Takes nothing more, lets running jobs finish for `graceMs`, then tells them to stop and gives them back unspent.
   * Shutdown isn't failure.
   */
  async stop(graceMs: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const [heartbeat, relay] = this.#loops;
    await this.#following;
    // Not waited for: the relay may be waiting for a broker that no longer answers, and leaves nothing half-done.
    void relay?.stop();
    await Promise.all(this.#consumers.map(consumer => consumer.stop()));
    if (!(await this.running.idle(graceMs))) {
      this.#deps.log.warn({ running: this.running.size }, 'the grace is over; running jobs are given back');
      this.running.abort('shutdown');
      await this.running.idle(releaseMs);
    }
    this.#closing.abort();
    await heartbeat?.stop();
    await this.heartbeat
      .stop()
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'the lease was left to run out'));
  }

  #consumersOf(specs: readonly AnySpec[]): KindConsumer[] {
    const { spineDb, broker, log, metrics } = this.#deps;
    const gate = new Gate();
    const run = this.#runner();
    // One lane each: what arrives while a statement is under way leaves together in the next.
    const claim = batch<readonly JobRef[], readonly (ClaimedJob | null)[]>({
      maxItems: batchItems,
      lanes: 1,
      divisible: isRowFault,
      run: async parts => {
        const jobs = await claimJobs(spineDb, this.heartbeat.id, parts.flat());
        let from = 0;
        return parts.map(part => jobs.slice(from, (from += part.length)));
      },
    });
    return specs.map(
      spec =>
        new KindConsumer({
          broker,
          spec,
          gate,
          heartbeat: this.heartbeat,
          running: this.running,
          log,
          metrics,
          claim,
          findUnheard: refs => findUnheardClaims(spineDb, this.heartbeat.id, refs),
          run,
        }),
    );
  }

  #runner(): (running: Parameters<typeof runJob>[1]) => Promise<void> {
    const { spineDb } = this.#deps;
    const complete = batch<{ worker: string; item: Completion }, boolean>({
      maxItems: batchItems,
      lanes: 1,
      divisible: isRowFault,
      run: entries => byWorker(entries, (worker, items) => completeJobs(spineDb, worker, items)),
    });
    const end = batch<{ worker: string; item: Ending }, boolean>({
      maxItems: batchItems,
      lanes: 1,
      divisible: isRowFault,
      run: entries =>
        byWorker(entries, async (worker, items) =>
          (await recordEndings(spineDb, worker, items)).map(row => row !== null),
        ),
    });
    const deps = {
      ...this.#deps,
      random: this.#deps.random ?? Math.random,
      counter: this.#counter,
      complete: (worker: string, item: Completion) => complete({ worker, item }),
      end: (worker: string, item: Ending) => end({ worker, item }),
      closing: this.#closing.signal,
    };
    return running => runJob(deps, running);
  }

  /** Brings the consumers to what operators have set; one change after another, in the background of a beat. */
  #follow(settings: readonly QueueSetting[]): void {
    this.#settings = new Map(settings.map(setting => [setting.kind, setting]));
    this.#following = this.#following.then(async () => {
      for (const consumer of this.#consumers) {
        if (this.#stopping) return;
        const setting = this.#settings.get(consumer.kind);
        const spec = this.#deps.catalog.get(consumer.kind) as AnySpec;
        consumer.setConcurrency(setting?.concurrency ?? spec.concurrency);
        if (setting?.paused) await consumer.stop();
        else await consumer.start();
      }
    });
  }
}

/** How long jobs that were told to stop may take to be recorded as released. */
const releaseMs = 5_000;

/** Items of one statement share a worker id; only around a lost lease are there two. */
async function byWorker<Item>(
  entries: readonly { worker: string; item: Item }[],
  record: (worker: string, items: Item[]) => Promise<boolean[]>,
): Promise<boolean[]> {
  const answers = new Map<Item, boolean>();
  for (const worker of new Set(entries.map(entry => entry.worker))) {
    const items = entries.filter(entry => entry.worker === worker).map(entry => entry.item);
    const counted = await record(worker, items);
    items.forEach((item, index) => answers.set(item, counted[index] ?? false));
  }
  return entries.map(entry => answers.get(entry.item) ?? false);
}
