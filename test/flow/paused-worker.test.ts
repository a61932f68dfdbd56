import assert from 'node:assert/strict';
import { setQueue } from '../../db/core/queues.ts';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

describe('flow: a worker that stands still past its lease', function () {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open();
    await system.startTicker();
  });
  after(() => system.close());

  const kinds = [tally.kind, charge.kind];
  const setQueues = (change: { paused: boolean }) => Promise.all(kinds.map(kind => setQueue(system.db, kind, change)));
  const consumers = async () => [...(await system.spine.broker.depth(kinds)).values()].map(depth => depth.consumers);

  it('finds its late results void, and goes on under a new lease', async () => {
    const child = await system.startProcess();
    system.provider.hold();
    const payloads = Array.from({ length: 4 }, (_, n) => ({ n }));
    const local = await system.insert(
      tally,
      payloads.map(payload => ({ ...payload, call: true })),
    );
    const remote = await system.insert(
      charge,
      payloads.map(payload => ({ ...payload, deaf: true })),
    );
    const ids = [...local, ...remote];
    await eventually(() => assert.equal(system.provider.calls.length, ids.length));

    // Told to take nothing more first: what the broker hands to a still process comes back only when its connection dies.
    await setQueues({ paused: true });
    await eventually(async () => assert.deepEqual(await consumers(), [0, 0]));
    child.signal('SIGSTOP');
    await setQueues({ paused: false });
    const rescuer = await system.startWorker();
    system.provider.release();
    assert.deepEqual(await system.settled(), { succeeded: ids.length });
    child.signal('SIGCONT');
    await eventually(() => assert.match(child.output(), /the lease was lost/));

    await system.assertOnce(local);
    assert.deepEqual(system.provider.effects().sort(), ids.toSorted());
    for (const id of ids) {
      const job = await system.job(id);
      assert.deepEqual([job.attempt, job.claimNo], [2, 2]);
      assert.deepEqual(
        (await system.attempts(id)).map(({ outcome, fault }) => [outcome, fault?.code]),
        [['rescued', 'worker_lost']],
      );
    }

    await rescuer.stop();
    const more = await system.insert(tally, payloads);
    assert.deepEqual(await system.settled(), { succeeded: ids.length + more.length });
    await system.assertOnce([...local, ...more]);
    await child.end('SIGKILL');
  });
});
