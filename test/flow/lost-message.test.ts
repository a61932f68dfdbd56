import assert from 'node:assert/strict';
import { setQueue } from '../../db/core/queues.ts';
import { requeueOnce } from '../../ops/ticker/requeue.ts';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { depthOf, nudge, take } from '../support/wire.ts';

describeFlow(allBrokers, 'a queued job whose message is lost', function (broker) {
  this.timeout(120_000);
  let system: System;

  beforeEach(async () => {
    system = await System.open({ broker });
  });
  afterEach(() => system.close());

  const age = (minutes: number) =>
    system.db.none("update core.jobs set queued_at = queued_at - $1 * interval '1 minute'", [minutes]);

  /** Jobs that say "queued", for long, in an empty queue. */
  const lose = async (minutes: number) => {
    const ids = await system.insert(tally, [{ n: 1 }, { n: 2 }]);
    for (const id of ids) await system.reaches(id, 'queued');
    await (await take(system, 'tally')).ack();
    await age(minutes);
    return ids;
  };
  const states = async (ids: string[]) => Promise.all(ids.map(async id => (await system.job(id)).state));
  const runOnce = async (ids: string[]) => {
    assert.deepEqual(await states(ids), ['pending', 'pending']);
    await system.startWorker();
    assert.deepEqual(await system.settled(), { succeeded: 2 });
    await system.assertOnce(ids);
  };

  if (broker === 'pubsub')
    it('is found by its age, since nobody can tell whether its message still waits, and runs once', async () => {
      const ids = await lose(10);
      const emptyBefore = new Set<string>();
      for (let look = 0; look < 3; look += 1) await requeueOnce(system.spine, emptyBefore);
      assert.deepEqual(await states(ids), ['queued', 'queued']);
      await age(10);
      await requeueOnce(system.spine, emptyBefore);
      await runOnce(ids);
    });
  else {
    it('is found at the second look at an empty queue, and runs once', async () => {
      const ids = await lose(1);
      const emptyBefore = new Set<string>();
      await requeueOnce(system.spine, emptyBefore);
      assert.deepEqual(await states(ids), ['queued', 'queued']);
      await requeueOnce(system.spine, emptyBefore);
      await runOnce(ids);
    });

    it('is left alone while the queue holds anything', async () => {
      const ids = await lose(1);
      const emptyBefore = new Set<string>();
      await requeueOnce(system.spine, emptyBefore);
      await nudge(system, 'tally', []);
      await eventually(async () => assert.equal((await depthOf(system, 'tally')).ready, 1));
      await requeueOnce(system.spine, emptyBefore);
      await (await take(system, 'tally')).ack();
      await requeueOnce(system.spine, emptyBefore);
      assert.deepEqual(await states(ids), ['queued', 'queued']);
    });
  }

  it('is left alone while the queue is paused', async () => {
    const ids = await lose(60);
    await setQueue(system.db, 'tally', { paused: true });
    const emptyBefore = new Set<string>();
    for (let look = 0; look < 3; look += 1) await requeueOnce(system.spine, emptyBefore);
    assert.deepEqual(await states(ids), ['queued', 'queued']);
  });

  it('is not taken for lost while a worker has it in hand', async () => {
    const worker = await system.startWorker({ env: { WORKER_KINDS: 'charge' } });
    system.provider.hold();
    const [running = ''] = await system.insert(charge, [{ n: 1 }]);
    await system.reaches(running, 'running');
    const [claimed] = [(await system.job(running)).claimNo];
    const emptyBefore = new Set<string>();
    for (let look = 0; look < 3; look += 1) await requeueOnce(system.spine, emptyBefore);
    assert.deepEqual([(await system.job(running)).state, claimed], ['running', 1]);
    system.provider.release();
    await system.reaches(running, 'succeeded');
    await worker.stop();
  });
});
