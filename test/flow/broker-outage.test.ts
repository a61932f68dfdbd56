import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { startLoad } from '../support/load.ts';
import { breakableRabbitmq } from '../support/services.ts';
import { System, type TestEdge } from '../support/system.ts';

/** How long the broker stays away while clients go on posting. */
const outageMs = 20_000;

describe('flow: RabbitMQ stopped under load', function () {
  this.timeout(180_000);
  let system: System;
  let edge: TestEdge;

  before(async () => {
    const { url } = await breakableRabbitmq();
    system = await System.open({ brokerUrl: url });
    [edge] = await Promise.all([system.startEdge(), system.startWorker(), system.startTicker()]);
  });
  after(() => system.close());

  it('is not felt by clients, keeps no worker from ending, and everything accepted meanwhile completes', async () => {
    const rabbitmq = await breakableRabbitmq();
    const child = await system.startProcess();
    const load = startLoad(edge, 'tally');
    await eventually(() => assert.ok(load.accepted() > 50));
    assert.equal((await edge.spine.ready()).status, 'ready');

    await rabbitmq.flush();
    await rabbitmq.stop();
    const before = load.accepted();
    const [code] = await Promise.all([child.end('SIGTERM'), delay(outageMs)]);
    assert.equal(code, 0, 'a worker ended in order while the broker was away');
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
    assert.deepEqual(await system.settled(), { succeeded: accepted.size });
    await system.assertOnce([...accepted.values()]);
    assert.equal(edge.spine.dispatch.unconfirmed, 0);
  });
});
