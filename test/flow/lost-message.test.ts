import assert from 'node:assert/strict';
import { setQueue } from '../../db/core/queues.ts';
import { requeueOnce } from '../../ops/ticker/requeue.ts';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { openWire, type Wire } from '../support/wire.ts';

describe('flow: a queued job whose message is lost', function () {
  this.timeout(120_000);
  let system: System;
  let wire: Wire;

  beforeEach(async () => {
    system = await System.open();
    wire = await openWire(system.env['BROKER_URL'] as string);
  });
  afterEach(async () => {
    await wire.close();
    await system.close();
  });

  /** Jobs that say "queued", for long, in an empty queue. */
  const lose = async () => {
    const ids = await system.insert(tally, [{ n: 1 }, { n: 2 }]);
    for (const id of ids) await system.reaches(id, 'queued');
    await wire.purge('tally');
    await system.db.none("update core.jobs set queued_at = queued_at - interval '1 minute'");
    return ids;
  };
  const states = async (ids: string[]) => Promise.all(ids.map(async id => (await system.job(id)).state));

  it('is found at the second look at an empty queue, and runs once', async () => {
    const ids = await lose();
    const emptyBefore = new Set<string>();
    await requeueOnce(system.spine, emptyBefore);
    assert.deepEqual(await states(ids), ['queued', 'queued']);
    await requeueOnce(system.spine, emptyBefore);
    assert.deepEqual(await states(ids), ['pending', 'pending']);
    await system.startWorker();
    assert.deepEqual(await system.settled(), { succeeded: 2 });
    await system.assertOnce(ids);
  });

  it('is left alone while the queue is paused, or holds anything', async () => {
    const ids = await lose();
    const emptyBefore = new Set<string>();
    await requeueOnce(system.spine, emptyBefore);
    await wire.nudge('tally', []);
    await eventually(async () => assert.equal((await system.spine.broker.depth(['tally'])).get('tally')?.ready, 1));
    await requeueOnce(system.spine, emptyBefore);
    await wire.purge('tally');
    await requeueOnce(system.spine, emptyBefore);
    await setQueue(system.db, 'tally', { paused: true });
    await requeueOnce(system.spine, emptyBefore);
    await requeueOnce(system.spine, emptyBefore);
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
