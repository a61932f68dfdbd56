import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { getJob, listAttempts, type AttemptRow, type JobRow } from '../../db/core/jobs.ts';
import { createServiceKey } from '../../db/core/service-keys.ts';
import type { JobOrder } from '../../db/core/job-insert.ts';
import { insertJob } from '../../db/insert-job.ts';
import type { Settlers } from '../../db/settle.ts';
import { openSpine, type Spine } from '../../db/spine.ts';
import { transact } from '../../db/transact.ts';
import { jobsSurface } from '../../edge/jobs/surface.ts';
import { startEdge } from '../../edge/server.ts';
import { schedules } from '../../ops/ticker/schedules.ts';
import { Ticker } from '../../ops/ticker/ticker.ts';
import { catalogOf } from '../../shared/catalog.ts';
import { readConfig } from '../../shared/config.ts';
import type { AnySpec, PayloadOf } from '../../shared/job.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { AnyHandler } from '../../workers/handler.ts';
import { startWorker } from '../../workers/start.ts';
import type { Worker } from '../../workers/worker.ts';
import { createDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import { charge, effectsTable, handlersOf, tally } from './kinds.ts';
import { startProcess, type TestProcess } from './processes.ts';
import { startProvider, type Provider } from './provider.ts';
import { createVhost } from './rabbitmq.ts';

export interface SystemOptions {
  /** In place of a fresh database on the run's shared server: migrated, and the caller's to drop. */
  databaseUrl?: string;
  /** In place of a fresh vhost on the run's shared broker. */
  brokerUrl?: string;
  /** Kinds beside `tally` and `charge`, with their handlers. */
  kinds?: readonly AnySpec[];
  handlers?: readonly [string, AnyHandler][];
  settlers?: Settlers;
  /** Settings beside the quick ones of `open`. */
  env?: Record<string, string>;
}

type Overrides = Pick<SystemOptions, 'kinds' | 'handlers' | 'env'>;

export interface TestWorker {
  spine: Spine;
  worker: Worker;
  stop(graceMs?: number): Promise<void>;
}

export interface TestEdge {
  url: string;
  spine: Spine;
  /** Posts as a service. Never rejects: a connection that failed answers status 0. */
  post(kind: string, payload: unknown, headers?: Record<string, string>): Promise<Posted>;
  stop(): Promise<void>;
}

export interface Posted {
  status: number;
  headers: Headers;
  body: { id?: string; code?: string };
}

/** The whole system over a database and a vhost of its own, in as many spines and processes as a test wants. */
export class System {
  readonly provider: Provider;
  /** To look with; no process of the system uses it. */
  readonly db: Database;
  /** What a process of the system reads from its environment. */
  readonly env: Record<string, string>;
  /** Inserts and publishes jobs, as an edge would. */
  readonly spine: Spine;
  readonly #options: SystemOptions;
  readonly #closers: (() => Promise<unknown>)[];

  private constructor(
    parts: Pick<System, 'provider' | 'db' | 'env' | 'spine'>,
    options: SystemOptions,
    closers: (() => Promise<unknown>)[],
  ) {
    this.provider = parts.provider;
    this.db = parts.db;
    this.env = parts.env;
    this.spine = parts.spine;
    this.#options = options;
    this.#closers = closers;
  }

  static async open(options: SystemOptions = {}): Promise<System> {
    const closers: (() => Promise<unknown>)[] = [];
    const provider = await startProvider();
    closers.push(() => provider.stop());
    let { databaseUrl, brokerUrl } = options;
    if (databaseUrl === undefined) {
      const database = await createDatabase();
      databaseUrl = database.url;
      closers.push(() => database.drop());
    }
    if (brokerUrl === undefined) {
      const vhost = await createVhost();
      brokerUrl = vhost.url;
      closers.push(() => vhost.drop());
    }
    const env = {
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      BROKER_URL: brokerUrl,
      FLOW_PROVIDER_URL: provider.url,
      PORT: '0',
      OPS_PORT: '0',
      LOG_LEVEL: 'silent',
      // Short, so that a lost worker is noticed within the patience of a test.
      LEASE_MS: '2000',
      RELAY_EVERY_MS: '50',
      ...options.env,
    };
    const db = connectDatabase({ url: databaseUrl, maxConnections: 4, applicationName: 'test' });
    closers.push(() => db.$pool.end());
    await db.none(effectsTable);
    // The product's own schedules insert kinds that a test's catalog does not have.
    for (const { name } of schedules)
      await db.none('insert into core.schedules (name, last_slot, paused) values ($1, now(), true)', [name]);
    const spine = await openTestSpine(options, env);
    closers.push(() => spine.close());
    return new System({ provider, db, env, spine }, options, closers);
  }

  /** A spine of its own: what a process of its own would have. The caller's to close. */
  openSpine(overrides: Overrides = {}): Promise<Spine> {
    return openTestSpine({ ...this.#options, ...overrides }, { ...this.env, ...overrides.env });
  }

  async startWorker(overrides: Overrides = {}): Promise<TestWorker> {
    const spine = await this.openSpine(overrides);
    const handlers = overrides.handlers ?? this.#options.handlers ?? [];
    const registry = new Map([...handlersOf(this.provider.url), ...handlers]);
    const worker = await startWorker(spine, noPorts, { registry });
    return {
      spine,
      worker,
      stop: this.#later(async (graceMs = 5_000) => {
        await worker.stop(graceMs);
        await spine.close();
      }),
    };
  }

  async startTicker(): Promise<{ spine: Spine; ticker: Ticker; stop: () => Promise<void> }> {
    const spine = await this.openSpine();
    const ticker = new Ticker(spine, noPorts);
    ticker.start();
    return {
      spine,
      ticker,
      stop: this.#later(async () => {
        await ticker.stop();
        await spine.close();
      }),
    };
  }

  async startEdge(): Promise<TestEdge> {
    const spine = await this.openSpine();
    const edge = await startEdge(spine, noPorts, { surfaces: [jobsSurface({ verifiers: {} })] });
    const { key } = await createServiceKey(this.db, { name: 'flow', kinds: ['*'], operator: false });
    return {
      url: edge.url,
      spine,
      post: (kind, payload, headers) => post(`${edge.url}/jobs/${kind}`, key, payload, headers),
      stop: this.#later(async () => {
        await edge.stop(1_000);
        await spine.close();
      }),
    };
  }

  /** `worker-process.ts` unless told, under this system's settings. */
  async startProcess(entry = 'test/support/worker-process.ts', env: Record<string, string> = {}): Promise<TestProcess> {
    const child = await startProcess(entry, { ...this.env, LOG_LEVEL: 'info', ...env });
    this.#closers.push(() => child.end('SIGKILL'));
    return child;
  }

  /** Inserts jobs in one transaction and publishes them; answers their ids. */
  insert<Spec extends AnySpec>(
    spec: Spec,
    payloads: readonly PayloadOf<Spec>[],
    order: Partial<JobOrder> = {},
  ): Promise<string[]> {
    return transact({ db: this.spine.db, dispatch: this.spine.dispatch }, async tx => {
      const ids: string[] = [];
      for (const payload of payloads) {
        const { id } = await insertJob(tx, spec, payload, { owner: 'service/test', requestId: randomUUID(), ...order });
        ids.push(id);
      }
      return ids;
    });
  }

  async job(id: string): Promise<JobRow> {
    const job = await getJob(this.db, id);
    assert.ok(job, `job ${id} is gone`);
    return job;
  }

  attempts(id: string): Promise<AttemptRow[]> {
    return listAttempts(this.db, id);
  }

  /** How often each job has left its row in our own tables, by job. */
  async effects(): Promise<Map<string, number>> {
    const rows = await this.db.any<{ jobId: string; n: number }>(
      'select job_id, count(*) as n from flow_effects group by job_id',
    );
    return new Map(rows.map(row => [row.jobId, row.n]));
  }

  /** Waits until a job is as `state` says and answers it. */
  reaches(id: string, state: JobRow['state'], timeoutMs = 60_000): Promise<JobRow> {
    return eventually(
      async () => {
        const job = await this.job(id);
        assert.equal(job.state, state, `${job.kind} ${id}: ${JSON.stringify(job.fault)}`);
        return job;
      },
      { timeoutMs },
    );
  }

  /** Waits until nothing waits or runs and answers how many jobs ended in which state. */
  settled(timeoutMs = 60_000): Promise<Record<string, number>> {
    return eventually(
      async () => {
        const rows = await this.db.any<{ state: string; n: number }>(
          'select state, count(*) as n from core.jobs group by state',
        );
        const counts = Object.fromEntries(rows.map(row => [row.state, row.n]));
        const live = (counts['pending'] ?? 0) + (counts['queued'] ?? 0) + (counts['running'] ?? 0);
        assert.equal(live, 0, `not settled: ${JSON.stringify(counts)}`);
        return counts;
      },
      { timeoutMs, intervalMs: 50 },
    );
  }

  /** Every one of `ids` has succeeded and left its row exactly once. */
  async assertOnce(ids: readonly string[]): Promise<void> {
    const effects = await this.effects();
    assert.deepEqual(
      ids.filter(id => effects.get(id) !== 1).map(id => [id, effects.get(id) ?? 0]),
      [],
      'jobs that did not take effect once',
    );
    const rows = await this.db.any<{ id: string; state: string }>(
      "select id, state from core.jobs where id = any($1::uuid[]) and state <> 'succeeded'",
      [ids],
    );
    assert.deepEqual(rows, []);
  }

  async close(): Promise<void> {
    this.provider.release();
    for (const close of this.#closers.splice(0).toReversed()) await close();
  }

  /** Makes `stop` safe to call twice, and calls it at the end if the test has not. */
  #later<Args extends unknown[]>(stop: (...args: Args) => Promise<void>): (...args: Args) => Promise<void> {
    let stopped: Promise<void> | null = null;
    const once = (...args: Args) => (stopped ??= stop(...args));
    this.#closers.push(() => once(...([] as unknown as Args)));
    return once;
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these handlers touch no port
const noPorts = {} as Ports;

let spines = 0;

async function openTestSpine(options: SystemOptions, env: Record<string, string>): Promise<Spine> {
  const spine = await openSpine({
    config: readConfig(env),
    name: `test-${(spines += 1)}`,
    catalog: catalogOf([tally, charge, ...(options.kinds ?? [])]),
    settlers: options.settlers ?? new Map(),
  });
  // The broker is connected to in the background; a job inserted before that would wait for the relay.
  await eventually(() => assert.equal(spine.broker.state, 'up'));
  return spine;
}

/** Posts with a service's key; a connection that failed answers status 0. */
export async function post(
  url: string,
  key: string,
  payload: unknown,
  headers: Record<string, string> = {},
): Promise<Posted> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(payload),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Posted['body'] };
  } catch {
    return { status: 0, headers: new Headers(), body: {} };
  }
}
