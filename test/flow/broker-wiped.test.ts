import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { type BreakableBroker, describeFlow, openBreakableBroker, sharedBrokers } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

const payloads = Array.from({ length: 100 }, (_, n) => ({ n }));

async function queued(system: System, count: number): Promise<void> {
  await eventually(async () => {
    const { n } = await system.db.one<{ n: number }>("select count(*) as n from core.jobs where state = 'queued'");
    assert.equal(n, count);
  });
}

describeFlow(sharedBrokers, 'the broker wiped', function (name) {
  this.timeout(180_000);
  let broker: BreakableBroker;
  let system: System;

  before(async () => {
    broker = await openBreakableBroker(name);
    system = await System.open({ broker });
  });
  after(() => system.close());

  it('is not felt by clients, and fills the new queues at once from the rows that were in the old ones', async () => {
    const edge = await system.startEdge();
    const local = await system.insert(tally, payloads);
    const remote = await system.insert(charge, payloads);
    await queued(system, 200);

    const [posted] = await Promise.all([
      Promise.all(Array.from({ length: 30 }, (_, n) => edge.post('tally', { n }))),
      broker.wipe(),
    ]);
    assert.deepEqual(new Set(posted.map(({ status }) => status)), new Set([202]));
    await eventually(() => assert.equal(system.spine.broker.state, 'up'), { timeoutMs: 30_000 });
    // No ticker runs: nobody but the broker's own notice of new queues can have done this.
    await eventually(async () => {
      const { n } = await system.db.one<{ n: number }>(
        "select count(*) as n from core.jobs where id = any($1::uuid[]) and state = 'pending' and due_at <= now()",
        [[...local, ...remote]],
      );
      assert.equal(n, 200);
    });
    await system.startWorker();

    assert.deepEqual(await system.settled(), { succeeded: 230 });
    await system.assertOnce([...local, ...posted.map(({ body }) => body.id as string)]);
    assert.deepEqual(system.provider.calls.map(call => call.key).sort(), remote.toSorted());
  });
});

describeFlow(['memory'], 'a broker that went with its process', function () {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    // Each spine has queues of its own, as one process has after the other.
    system = await System.open({ brokerUrl: 'memory:' });
  });
  after(() => system.close());

  it('leaves nothing undone: the next process runs what was in its queues', async () => {
    const ids = await system.insert(tally, payloads);
    await queued(system, 100);
    await system.startWorker();
    assert.deepEqual(await system.settled(), { succeeded: 100 });
    await system.assertOnce(ids);
  });
});
