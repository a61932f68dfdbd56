import assert from 'node:assert/strict';
import { setQueue } from '../../db/core/queues.ts';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { depthOf } from '../support/wire.ts';

describeFlow(allBrokers, 'what operators set for a queue', function (broker) {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open({ broker });
    await system.startWorker();
  });
  after(() => system.close());

  const consumers = async () => (await depthOf(system, 'charge')).consumers;
  const running = async () =>
    (await system.db.one<{ n: number }>("select count(*) as n from core.jobs where state = 'running'")).n;

  it('holds a kind while it is paused, and no other', async () => {
    await setQueue(system.db, 'charge', { paused: true });
    await eventually(async () => assert.equal(await consumers(), 0));
    const held = await system.insert(charge, [{ n: 1 }, { n: 2 }]);
    const [other = ''] = await system.insert(tally, [{ n: 3 }]);
    await system.reaches(other, 'succeeded');
    for (const id of held) assert.equal((await system.job(id)).attempt, 0);
    await setQueue(system.db, 'charge', { paused: false });
    for (const id of held) await system.reaches(id, 'succeeded');
  });

  it('lets no more run than it is told, from then on', async () => {
    await setQueue(system.db, 'charge', { concurrency: 2 });
    system.provider.hold();
    const before = system.provider.calls.length;
    // A beat has to pass first: a job at a time shows when.
    await system.insert(
      charge,
      Array.from({ length: 60 }, (_, n) => ({ n })),
    );
    await eventually(async () => assert.ok((await running()) >= 2));
    await eventually(async () => {
      system.provider.release();
      system.provider.hold();
      await eventually(async () => assert.equal(await running(), 2), { timeoutMs: 500 });
    });
    await setQueue(system.db, 'charge', { concurrency: 9 });
    await eventually(async () => assert.equal(await running(), 9));
    system.provider.release();
    const counts = await system.settled();
    assert.deepEqual(Object.keys(counts), ['succeeded']);
    assert.equal(system.provider.calls.length, before + 60);
  });
});
