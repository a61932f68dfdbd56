import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

describeFlow(allBrokers, 'a runner that finishes after its job was given back', function (broker) {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open({ broker });
  });
  after(() => system.close());

  it('changes nothing when the job has a new runner', async () => {
    const first = await system.startWorker();
    system.provider.hold();
    const [remote = ''] = await system.insert(charge, [{ n: 1, deaf: true }]);
    const [local = ''] = await system.insert(tally, [{ n: 2, call: true }]);
    await eventually(() => assert.equal(system.provider.calls.length, 2));
    // No grace: the jobs are given back while their handlers, which do not listen, go on.
    await first.worker.stop(0);
    for (const id of [remote, local]) {
      const job = await system.job(id);
      assert.deepEqual([job.state, job.attempt, job.claimNo], ['pending', 0, 1]);
    }
    await system.startWorker();
    for (const id of [remote, local]) await eventually(() => assert.equal(system.provider.callsOf(id).length, 2));
    const revs = await Promise.all([remote, local].map(async id => (await system.job(id)).rev));

    // Both runners of both jobs finish now, the first ones first.
    system.provider.release();
    assert.deepEqual(await system.settled(), { succeeded: 2 });
    await system.assertOnce([local]);
    assert.deepEqual(system.provider.effects().sort(), [remote, local].sort());
    for (const [index, id] of [remote, local].entries()) {
      const job = await system.job(id);
      // One change since both were running: the one end that counted.
      assert.deepEqual([job.attempt, job.claimNo, job.rev], [1, 2, (revs[index] ?? 0) + 1]);
      assert.deepEqual(
        (await system.attempts(id)).map(attempt => attempt.outcome),
        ['released'],
      );
    }
    await first.stop();
  });
});
