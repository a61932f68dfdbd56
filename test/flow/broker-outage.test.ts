import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { startLoad } from '../support/load.ts';
import { breakableRabbitmq, System, type TestEdge, type TestWorker } from '../support/system.ts';
import { tally } from '../support/kinds.ts';

/** How long the broker stays away while clients go on posting. */
const outageMs = 20_000;

describe('flow: RabbitMQ stopped under load', function () {
  this.timeout(180_000);
  let system: System;
  let edge: TestEdge;
  let worker: TestWorker;

  before(async () => {
    const { url } = await breakableRabbitmq();
    system = await System.open({ brokerUrl: url });
    [edge, worker] = await Promise.all([system.startEdge(), system.startWorker(), system.startTicker()]);
  });
  after(() => system.close());

  it('is not felt by clients, and everything accepted meanwhile completes once it is back', async () => {
    const rabbitmq = await breakableRabbitmq();
    const load = startLoad(edge, 'tally');
    await eventually(() => assert.ok(load.accepted() > 50));
    assert.equal((await edge.spine.ready()).status, 'ready');

    await rabbitmq.flush();
    await rabbitmq.stop();
    const before = load.accepted();
    await delay(outageMs);
    const readiness = await edge.spine.ready();
    assert.equal(readiness.status, 'degraded');
    assert.match(readiness.reasons.join(), /broker/);
    assert.ok(load.accepted() > before + 100, 'accepts went on');
    await rabbitmq.start();
    await eventually(async () => assert.equal((await edge.spine.ready()).status, 'ready'), { timeoutMs: 30_000 });
    const after = load.accepted();
    await eventually(() => assert.ok(load.accepted() > after + 20));
    const accepted = await load.stop();

    assert.deepEqual(new Set(load.answers.map(answer => answer.status)), new Set([202]));
    assert.deepEqual(await system.settled(60_000), { succeeded: accepted.size });
    await system.assertOnce([...accepted.values()]);
    assert.equal(edge.spine.dispatch.unconfirmed, 0);
  });

  it('does not keep a worker from ending at SIGTERM while it is away', async () => {
    const rabbitmq = await breakableRabbitmq();
    const [id = ''] = await system.insert(tally, [{ n: 1 }]);
    await system.reaches(id, 'succeeded');
    const child = await system.startProcess();
    await rabbitmq.flush();
    await rabbitmq.stop();
    const ended = child.end('SIGTERM');
    try {
      assert.equal(await Promise.race([ended, delay(15_000, 'still there')]), 0);
    } finally {
      await rabbitmq.start();
    }
    await eventually(() => assert.equal(worker.spine.broker.state, 'up'), { timeoutMs: 30_000 });
  });
});
