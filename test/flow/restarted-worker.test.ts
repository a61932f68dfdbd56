import assert from 'node:assert/strict';
import { setQueue } from '../../db/core/queues.ts';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

/** Above the broker's delivery limit, so that messages that were only ever prefetched are dead-lettered. */
const restarts = 5;

describe('flow: a worker restarted again and again with messages in hand', function () {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open({ env: { DELIVERY_LIMIT: '2' } });
  });
  after(() => system.close());

  it('fails no job, though the broker gives its messages up', async () => {
    system.provider.hold();
    const [alone = ''] = await system.insert(charge, [{ n: 0 }], { delayMs: 60_000 });
    await system.db.none('update core.jobs set isolate = true, due_at = now() where id = $1', [alone]);
    await setQueue(system.db, 'tally', { paused: true });
    const waiting = await system.insert(
      tally,
      Array.from({ length: 75 }, (_, n) => ({ n })),
    );
    for (const id of waiting) await system.reaches(id, 'queued');
    for (let restart = 1; restart <= restarts; restart += 1) {
      const worker = await system.startWorker();
      // While one job runs alone, the messages that arrive stay in the worker's hands, unclaimed.
      await eventually(() => assert.equal(system.provider.callsOf(alone).length, restart));
      await setQueue(system.db, 'tally', { paused: false });
      await eventually(async () => assert.equal(await consumers(), 1));
      await eventually(async () => assert.ok((await ready()) <= 1));
      await setQueue(system.db, 'tally', { paused: true });
      await worker.stop(0);
    }
    await system.startTicker();
    await eventually(async () => {
      const { n } = await system.db.one<{ n: number }>(
        "select count(*) as n from core.jobs where kind = 'tally' and isolate",
      );
      assert.ok(n > 0, 'no nudge has been dead-lettered');
    });
    system.provider.release();
    await setQueue(system.db, 'tally', { paused: false });
    await Promise.all([system.startWorker(), system.startWorker()]);
    assert.deepEqual(await system.settled(), { succeeded: 76 });
    await system.assertOnce(waiting);
    assert.deepEqual(system.provider.effects(), [alone]);
    const { spent } = await system.db.one<{ spent: number }>(
      'select count(*) as spent from core.jobs where attempt <> 1',
    );
    assert.equal(spent, 0);
  });

  const depth = async () => (await system.spine.broker.depth(['tally'])).get('tally');
  const consumers = async () => (await depth())?.consumers ?? 0;
  const ready = async () => (await depth())?.ready ?? 0;
});
