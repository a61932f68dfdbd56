import assert from 'node:assert/strict';
import { z } from 'zod';
import { requestCancel } from '../../db/core/jobs.ts';
import { endUnclaimed } from '../../db/record.ts';
import type { Settlement } from '../../db/settle.ts';
import { transact } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { defineJob } from '../../shared/job.ts';
import type { Handler } from '../../workers/handler.ts';
import { register } from '../../workers/registry.ts';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

const common = {
  version: 1,
  summary: 'Ends in the way that its payload says.',
  area: 'core',
  effect: 'remote',
  payload: z.strictObject({ how: z.enum(['throw', 'final', 'busy', 'hang', 'half', 'odd', 'nul', 'away']) }),
  result: z.strictObject({ text: z.string() }),
  jobsPerMessage: 25,
  concurrency: 25,
  timeoutMs: 300,
  retry: { attempts: 3, firstDelayMs: 200, factor: 2, maxDelayMs: 10_000, jitter: 0.5 },
  access: { post: ['service'], see: 'owner', cancel: 'owner' },
} as const;
const act = defineJob({ ...common, kind: 'act' });
/** Without a time limit that a test would meet. */
const wait = defineJob({ ...common, kind: 'wait', timeoutMs: 60_000 });
/** In a transaction. */
const write = defineJob({ ...common, kind: 'write', effect: 'local' });
/** In a transaction that it goes on with after its time. */
const linger = defineJob({ ...common, kind: 'linger', effect: 'local' });
type Act = z.output<typeof common.payload>;

const handler = (ctx: { progress(fraction: number): void }, { how }: Act): Promise<{ text: string }> => {
  if (how === 'final') throw new Fault('unprocessable', 'It can not be done.', { reason: 'can_not' });
  if (how === 'busy') throw new Fault('unavailable', 'Not now.', { retryAfterS: 60 });
  if (how === 'throw') throw new Error('a secret \u0000 detail');
  if (how === 'away') throw Object.assign(new Error('terminating connection'), { code: '57P01' });
  if (how === 'half') ctx.progress(0.5);
  if (how === 'odd') return Promise.resolve({ text: 1 } as unknown as { text: string });
  if (how === 'nul') return Promise.resolve({ text: 'a \u0000 in a result' });
  return new Promise(() => {});
};

const lingering: Handler<typeof linger> = async ({ tx, job }) => {
  await tx.one('select pg_sleep(0.5)');
  await tx.none('insert into flow_effects (job_id, attempt, n) values ($1, $2, 0)', [job.id, job.attempt]);
  return { text: 'late' };
};

describeFlow(allBrokers, 'the ways in which a handler ends', function (broker) {
  this.timeout(120_000);
  let system: System;
  const settled: [string, Settlement][] = [];

  before(async () => {
    const settle = async (_: unknown, job: { id: string }, settlement: Settlement) =>
      void settled.push([job.id, settlement]);
    system = await System.open({
      broker,
      kinds: [act, wait, write, linger],
      handlers: [
        register(act, handler),
        register(wait, handler),
        register(write, handler),
        register(linger, lingering),
      ],
      settlers: new Map([['wait', settle]]),
    });
    await system.startWorker();
  });
  after(() => system.close());

  const spentAfter = async (id: string) =>
    (await system.attempts(id)).map(({ outcome, fault }) => [outcome, fault?.code]);

  it('tries what threw again after delays that grow, until its attempts are spent', async () => {
    const [id = ''] = await system.insert(act, [{ how: 'throw' }]);
    const job = await system.reaches(id, 'failed');
    assert.equal(job.attempt, 3);
    assert.deepEqual(await spentAfter(id), [
      ['retry', 'internal'],
      ['retry', 'internal'],
      ['failed', 'internal'],
    ]);
    // Clients are told no cause; operators see it, without what Postgres can not hold.
    assert.equal(job.fault?.message.includes('secret'), false);
    assert.match(job.fault?.cause ?? '', /a secret . detail/);
    const [first, second, third] = await system.attempts(id);
    const pauseMs = (from?: { endedAt: Date }, to?: { startedAt: Date | null }) =>
      (to?.startedAt?.getTime() ?? 0) - (from?.endedAt.getTime() ?? 0);
    assert.ok(pauseMs(first, second) >= 100, 'at least 200 ms less half');
    assert.ok(pauseMs(second, third) >= 200, 'at least 400 ms less half');
  });

  it('blames the database, and not the job, when that is away', async () => {
    const [id = ''] = await system.insert(act, [{ how: 'away' }]);
    await system.reaches(id, 'failed');
    assert.deepEqual(await spentAfter(id), [
      ['retry', 'database'],
      ['retry', 'database'],
      ['failed', 'database'],
    ]);
  });

  it('fails at once what can not be done', async () => {
    const [id = ''] = await system.insert(act, [{ how: 'final' }]);
    const job = await system.reaches(id, 'failed');
    assert.deepEqual([job.attempt, job.fault?.code], [1, 'can_not']);
    assert.deepEqual(await spentAfter(id), [['failed', 'can_not']]);
  });

  it('waits as long as the outside has asked for', async () => {
    const [id = ''] = await system.insert(act, [{ how: 'busy' }]);
    const job = await eventually(async () => {
      const row = await system.job(id);
      assert.deepEqual([row.state, row.attempt], ['pending', 1]);
      return row;
    });
    const { waitS } = await system.db.one<{ waitS: number }>(
      'select extract(epoch from due_at - started_at)::float8 as wait_s from core.jobs where id = $1',
      [id],
    );
    assert.equal(job.fault?.code, 'unavailable');
    assert.ok(waitS >= 60 && waitS < 70);
  });

  it('keeps nothing of what a handler writes into its transaction after its time', async () => {
    const [id = ''] = await system.insert(linger, [{ how: 'hang' }]);
    const { fault } = await system.reaches(id, 'failed');
    assert.equal(fault?.code, 'timeout');
    assert.equal((await system.effects()).get(id), undefined);
  });

  it('counts a handler that hangs as a failed attempt', async () => {
    const [id = ''] = await system.insert(act, [{ how: 'hang' }]);
    await system.reaches(id, 'failed');
    assert.deepEqual(await spentAfter(id), [
      ['retry', 'timeout'],
      ['retry', 'timeout'],
      ['failed', 'timeout'],
    ]);
  });

  it('fails a job whose result is not what its kind says', async () => {
    const [id = ''] = await system.insert(act, [{ how: 'odd' }]);
    assert.equal((await system.reaches(id, 'failed')).fault?.code, 'invalid_result');
  });

  it('fails a job whose result Postgres can not hold, and none of those that end beside it', async () => {
    const [bad = ''] = await system.insert(act, [{ how: 'nul' }]);
    const [local = ''] = await system.insert(write, [{ how: 'nul' }]);
    const good = await system.insert(
      charge,
      Array.from({ length: 24 }, (_, n) => ({ n })),
    );
    for (const id of [bad, local]) assert.ok((await system.reaches(id, 'failed')).fault);
    for (const id of good) await system.reaches(id, 'succeeded');
  });

  it('cancels a running job, writes its progress, and settles it', async () => {
    const [id = ''] = await system.insert(wait, [{ how: 'half' }]);
    await eventually(async () => assert.equal((await system.job(id)).progress, 0.5));
    assert.ok(await requestCancel(system.db, id));
    const job = await system.reaches(id, 'cancelled');
    assert.deepEqual([job.fault?.code, job.attempt], ['cancelled', 1]);
    assert.deepEqual(await spentAfter(id), [['cancelled', 'cancelled']]);
    assert.deepEqual(
      settled.filter(([settledId]) => settledId === id).map(([, { state }]) => state),
      ['cancelled'],
    );
  });

  it('cancels a waiting job at once, and no message brings it back', async () => {
    const [id = ''] = await system.insert(tally, [{ n: 1 }], { delayMs: 300 });
    const fault = { code: 'cancelled', message: 'Cancelled on request.' };
    assert.ok(
      await transact({ db: system.spine.db, dispatch: system.spine.dispatch }, tx =>
        endUnclaimed(tx, system.spine.settlers, id, 'cancelled', fault),
      ),
    );
    system.spine.dispatch.send([{ id, kind: 'tally', attempt: 0, claimNo: 0, isolate: false }]);
    const [next = ''] = await system.insert(tally, [{ n: 2 }]);
    await system.reaches(next, 'succeeded');
    assert.deepEqual([(await system.job(id)).state, (await system.effects()).get(id)], ['cancelled', undefined]);
  });
});
