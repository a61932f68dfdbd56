import assert from 'node:assert/strict';
import { addToMinute, listKindMinutes, type KindMinute } from '../../../db/core/kind-minutes.ts';
import { readLiveCounts } from '../../../db/core/live-counts.ts';
import { listSnapshots } from '../../../db/core/snapshots.ts';
import { extendLease, listWorkers, registerWorker, stopWorker } from '../../../db/core/workers.ts';
import { disagreementOf, Sampler } from '../../../ops/ticker/sampler.ts';
import type { QueuesSnapshot } from '../../../ops/snapshots/queues.ts';
import { type KindStats, noStats } from '../../../shared/kind-stats.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { Rows } from '../actions/rows.ts';

describe('the sampler', () => {
  let rows: Rows;
  let depth: { ready: number; consumers: number };
  let nowMs: number;

  before(async function () {
    this.timeout(120_000);
    rows = await Rows.open();
  });
  beforeEach(async () => {
    await rows.db.none('truncate core.jobs, core.workers, core.kind_minutes, core.snapshots cascade');
    depth = { ready: 0, consumers: 1 };
    nowMs = Date.now();
  });
  after(() => rows.close());

  const sampler = (over: { check?: () => Promise<void> } = {}) =>
    new Sampler({
      db: rows.db,
      catalog: rows.catalog,
      metrics: createMetrics({ process: 'test' }),
      broker: {
        name: 'memory',
        state: 'up',
        depth: async (kinds: readonly string[]) => new Map(kinds.map(kind => [kind, depth])),
        check: over.check ?? (async () => {}),
      },
      leader: () => ({ name: 'here:1', since: '2026-01-01T00:00:00.000Z' }),
      loops: () => [],
      now: () => nowMs,
    });
  const seen = async () => (await listSnapshots(rows.db))[0]!.body as QueuesSnapshot;
  const seenOf = async (kind: string) => (await seen()).kinds.find(one => one.kind === kind)!;
  const insert = (columns: string) =>
    rows.db.none(
      `insert into core.jobs (id, kind, version, area, owner, max_attempts, payload, request_id, state, attempt, nudges, created_at, due_at, queued_at)
      select gen_random_uuid(), 'noop', 1, 'core', 'service/test', 5, '{}', gen_random_uuid(), ${columns}`,
    );
  const register = async (stats: Partial<KindStats> = {}) => {
    const id = uuidV7();
    await registerWorker(rows.db, { id, name: 'there:2', version: '1', kinds: ['noop'], leaseMs: 60_000 });
    await write(id, stats);
    return id;
  };
  const write = (id: string, stats: Partial<KindStats>) =>
    extendLease(rows.db, id, {
      leaseMs: 60_000,
      running: stats.running ?? 0,
      busySince: null,
      stats: { noop: { ...noStats(), ...stats } },
    });

  it('sees what waits, what runs and what was done', async () => {
    const one = sampler();
    const worker = await register({ running: 2, succeeded: 100 });
    await one.sample();
    await write(worker, { running: 3, succeeded: 120, failed: 2 });
    await insert(`'pending', 0, 0, now() - interval '40 s', now() - interval '35 s', null`);
    nowMs += 2_000;
    await one.sample();
    const { ready, running, succeededPerS, failedPerS, oldestS } = await seenOf('noop');
    assert.deepEqual(
      { ready, running, succeededPerS, failedPerS },
      { ready: 1, running: 3, succeededPerS: 10, failedPerS: 1 },
    );
    assert.ok(oldestS >= 40);
    const [minute] = await listKindMinutes(rows.db, { sinceS: 600, stepS: 600 });
    assert.deepEqual([minute!.succeeded, minute!.failed, minute!.ready, minute!.running], [20, 2, 1, 3]);
  });

  it('counts the accepted by their ids, each once, two seconds late', async () => {
    const one = sampler();
    await one.sample();
    const ids = [nowMs - 2_001, nowMs - 2_000, nowMs - 1, nowMs, nowMs + 1_999, nowMs + 2_000].map(uuidV7);
    for (const id of ids)
      await rows.db.none(
        `insert into core.jobs (id, kind, version, area, owner, max_attempts, payload, request_id, due_at)
        values ($1, 'noop', 1, 'core', 'service/test', 5, '{}', $1, now())`,
        [id],
      );
    const accepted = async () => {
      nowMs += 2_000;
      await one.sample();
      return (await listKindMinutes(rows.db, { sinceS: 600, stepS: 600 })).reduce((sum, row) => sum + row.accepted, 0);
    };
    assert.equal(await accepted(), 2);
    assert.equal(await accepted(), 4);
    assert.equal(await accepted(), 5);
    assert.equal(await accepted(), 5);
  });

  it('tells the ready from those that are to run later or to be tried again', async () => {
    await insert(`'pending', 0, 0, now(), now() + interval '5 s', null`);
    await insert(`'pending', 0, 0, now(), now() + interval '1 hour', null`);
    await insert(`'pending', 2, 0, now(), now() + interval '1 minute', null`);
    await insert(`'queued', 0, 0, now() - interval '1 minute', null, now()`);
    const [{ ready, delayed, retrying } = assert.fail()] = await readLiveCounts(rows.db, 1_000);
    assert.deepEqual({ ready, delayed, retrying }, { ready: 2, delayed: 1, retrying: 1 });
  });

  it('tells since when a job is ready, not how old it is', async () => {
    await insert(`'pending', 3, 0, now() - interval '2 hours', now() - interval '10 s', null`);
    const [{ oldestS } = assert.fail()] = await readLiveCounts(rows.db, 1_000);
    assert.ok(oldestS >= 10 && oldestS < 60, `${oldestS} s`);
  });

  for (const [nudges, leaseS, waitedS] of [
    [1, 5, 10],
    [3, 20, 40],
    [8, 300, 920],
  ] as const)
    it(`sees a job that the broker would not take at ${nudges} nudges, though the relay looks again in ${leaseS} s`, async () => {
      const created = `now() - interval '${waitedS + leaseS} s'`;
      await insert(`'pending', 0, ${nudges}, ${created}, now() + interval '${leaseS} s', null`);
      const [{ ready, delayed, oldestS } = assert.fail()] = await readLiveCounts(rows.db, 1_000);
      assert.deepEqual([ready, delayed], [1, 0]);
      const leasesS = nudges <= 6 ? 5 * (2 ** nudges - 1) : 315 + 300 * (nudges - 6);
      assert.equal(Math.round(oldestS), Math.min(waitedS + leaseS, leasesS + 5 - leaseS));
    });

  it('counts no further than it was told', async () => {
    for (let n = 0; n < 5; n++) await insert(`'pending', 0, 0, now(), now(), null`);
    const [{ ready } = assert.fail()] = await readLiveCounts(rows.db, 3);
    assert.equal(ready, 3);
  });

  it('keeps the highest of a minute, though nothing waits at its end', async () => {
    const kept: KindMinute = {
      kind: 'noop',
      accepted: 1,
      succeeded: 1,
      failed: 0,
      retried: 0,
      ready: 9,
      running: 4,
      retrying: 2,
      oldestS: 3,
      p50Ms: 10,
      p99Ms: 20,
    };
    // Both fall into one step of ten minutes, if not into one minute.
    await addToMinute(rows.db, [kept]);
    await addToMinute(rows.db, [{ ...kept, ready: 0, running: 0, retrying: 0, oldestS: 0, p50Ms: null, p99Ms: null }]);
    const [minute] = await listKindMinutes(rows.db, { sinceS: 600, stepS: 86_400 });
    const { atS, ...figures } = minute!;
    assert.ok(atS % 86_400 === 0);
    assert.deepEqual(figures, { ...kept, accepted: 2, succeeded: 2 });
  });

  it('keeps nothing of kinds at which nothing happens', async () => {
    await sampler().sample();
    assert.deepEqual(await listKindMinutes(rows.db, { sinceS: 600, stepS: 600 }), []);
  });

  it('sees the last work of a worker that has stopped', async () => {
    const one = sampler();
    const worker = await register({ succeeded: 5 });
    await one.sample();
    await stopWorker(rows.db, worker, { noop: { ...noStats(), succeeded: 9 } });
    nowMs += 2_000;
    await one.sample();
    assert.equal((await seenOf('noop')).succeededPerS, 2);
    assert.equal((await seenOf('noop')).running, 0);
  });

  it('sees the workers that live, however many have come and gone since', async () => {
    const worker = await register();
    await rows.db.none(
      `insert into core.workers (id, name, version, kinds, started_at, lease_until, stopped_at)
      select gen_random_uuid(), 'gone', '1', '{noop}', now() + n * interval '1 s', now() - interval '1 s', now() from generate_series(1, 600) n`,
    );
    assert.equal((await listWorkers(rows.db)).filter(one => one.alive)[0]?.id, worker);
  });

  it('goes on when the broker does not answer, and says so', async () => {
    await sampler({ check: () => Promise.reject(new Error('RabbitMQ is not connected')) }).sample();
    assert.deepEqual((await seen()).broker, { name: 'memory', problem: 'RabbitMQ is not connected' });
  });
});

describe('rows and broker disagree', () => {
  const spec = { jobsPerMessage: 25, concurrency: 10 };
  const rows = { ready: 1_000, paused: false, oldestS: 120 };

  it('where work waits that nobody consumes, unless it is held back on purpose or has just come', () => {
    const nobody = { ready: 40, consumers: 0 };
    assert.match(disagreementOf(spec, rows, nobody) ?? '', /nobody consumes/);
    assert.equal(disagreementOf(spec, { ...rows, paused: true }, nobody), null);
    assert.equal(disagreementOf(spec, { ...rows, oldestS: 3 }, nobody), null);
  });

  it('where rows wait without messages, unless consumers may hold that many in their hands', () => {
    assert.match(disagreementOf(spec, rows, { ready: 0, consumers: 2 }) ?? '', /no message/);
    assert.equal(disagreementOf(spec, { ...rows, ready: 90 }, { ready: 0, consumers: 2 }), null);
    assert.equal(disagreementOf(spec, rows, { ready: 1, consumers: 2 }), null);
  });

  it('where many messages are left of jobs that are over', () => {
    assert.match(disagreementOf(spec, { ...rows, ready: 0 }, { ready: 101, consumers: 0 }) ?? '', /no longer wait/);
    assert.equal(disagreementOf(spec, { ...rows, ready: 0 }, { ready: 9, consumers: 0 }), null);
  });

  it('nowhere, as far as anybody knows, while the broker does not tell', () => {
    assert.equal(disagreementOf(spec, rows, null), null);
  });
});
