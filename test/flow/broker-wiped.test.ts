import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { breakableRabbitmq } from '../support/services.ts';
import { System } from '../support/system.ts';

describe('flow: RabbitMQ wiped', function () {
  this.timeout(180_000);
  let system: System;

  before(async () => {
    const { url } = await breakableRabbitmq();
    system = await System.open({ brokerUrl: url });
  });
  after(() => system.close());

  it('fills the new queues at once from the rows that were in the old ones', async () => {
    const rabbitmq = await breakableRabbitmq();
    const payloads = Array.from({ length: 100 }, (_, n) => ({ n }));
    const local = await system.insert(tally, payloads);
    const remote = await system.insert(charge, payloads);
    await eventually(async () => {
      const { n } = await system.db.one<{ n: number }>("select count(*) as n from core.jobs where state = 'queued'");
      assert.equal(n, 200);
    });

    await rabbitmq.wipe();
    await eventually(() => assert.equal(system.spine.broker.state, 'up'), { timeoutMs: 30_000 });
    // No ticker runs: nobody but the broker's own notice of new queues can have done this.
    await eventually(async () => {
      const { n } = await system.db.one<{ n: number }>(
        "select count(*) as n from core.jobs where state = 'pending' and due_at <= now()",
      );
      assert.equal(n, 200);
    });
    await system.startWorker();

    assert.deepEqual(await system.settled(), { succeeded: 200 });
    await system.assertOnce(local);
    assert.deepEqual(system.provider.calls.map(call => call.key).sort(), remote.toSorted());
  });
});
