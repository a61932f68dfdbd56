import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { ThreadPool } from '../../workers/thread-pool.ts';
import type { Order } from './faulty-thread.ts';

const script = new URL('./faulty-thread.ts', import.meta.url);

describe('a thread pool', () => {
  let pool: ThreadPool<Order, number>;
  const open = (threads: number) => (pool = new ThreadPool({ script, threads }));
  const runAll = (orders: Order[]) => Promise.allSettled(orders.map(order => pool.run(order)));

  afterEach(() => pool.close());

  it('keeps its threads, and starts no more than it may, or than the machine has cores', async () => {
    open(1);
    const first = await pool.run('answer');
    assert.deepEqual(await Promise.all([pool.run('answer'), pool.run('answer')]), [first, first]);
    await pool.close();
    open(1_000);
    const ids = await Promise.all(Array.from({ length: 20 }, () => pool.run('answer')));
    assert.ok(new Set(ids).size <= availableParallelism());
  });

  it('passes an error on and keeps the thread', async () => {
    open(1);
    const first = await pool.run('answer');
    await assert.rejects(pool.run('refuse'), { name: 'RangeError', message: 'refused' });
    assert.equal(await pool.run('answer'), first);
  });

  for (const [order, message] of [
    ['crash', /^crashed$/],
    ['exit', /^the thread ended with 3$/],
  ] as const)
    it(`replaces a thread at ${order}, which fails its own task alone`, async () => {
      open(1);
      const first = await pool.run('answer');
      const [before, failed, after] = await runAll(['answer', order, 'answer']);
      assert.deepEqual(before, { status: 'fulfilled', value: first });
      assert.ok(failed?.status === 'rejected');
      assert.match((failed.reason as Error).message, message);
      assert.ok(after?.status === 'fulfilled' && after.value !== first);
    });

  it('ends a thread that hangs when its task is aborted, and goes on with the next', async () => {
    open(1);
    await pool.run('answer');
    const controller = new AbortController();
    const hanging = pool.run('hang', { signal: controller.signal });
    const next = pool.run('answer');
    controller.abort(new Error('too long'));
    await assert.rejects(hanging, /too long/);
    assert.equal(typeof (await next), 'number');
  });

  it('does not begin what was aborted before its turn', async () => {
    open(1);
    const first = await pool.run('answer');
    const busy = pool.run('answer');
    await assert.rejects(pool.run('exit', { signal: AbortSignal.abort(new Error('before')) }), /before/);
    const controller = new AbortController();
    const waiting = pool.run('exit', { signal: controller.signal });
    controller.abort(new Error('while waiting'));
    await assert.rejects(waiting, /while waiting/);
    assert.deepEqual(await Promise.all([busy, pool.run('answer')]), [first, first]);
  });

  it('rejects an input that cannot be sent and keeps the thread', async () => {
    open(1);
    const first = await pool.run('answer');
    await assert.rejects(pool.run((() => {}) as unknown as Order), { name: 'DataCloneError' });
    assert.equal(await pool.run('answer'), first);
  });

  it('ends at close whatever is running or waiting, and takes nothing more', async () => {
    open(1);
    await pool.run('answer');
    const results = runAll(['hang', 'answer']);
    await pool.close();
    for (const result of await results)
      assert.match(String(result.status === 'rejected' && result.reason), /the pool was closed/);
    await assert.rejects(pool.run('answer'), /the pool is closed/);
  });
});
