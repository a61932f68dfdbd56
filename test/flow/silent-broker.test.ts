import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { tally } from '../support/kinds.ts';
import { startLoad } from '../support/load.ts';
import { startProxy, type Proxy } from '../../ops/faults/proxy.ts';
import { createVhost } from '../support/rabbitmq.ts';
import { breakableRabbitmq } from '../support/services.ts';
import { System } from '../support/system.ts';

/** An orchestrator kills what has not ended some seconds after its grace. */
const patienceMs = 10_000;

describe('flow: a broker that does not confirm', function () {
  this.timeout(180_000);

  describe('because its answers are lost', () => {
    let system: System;
    let proxy: Proxy;

    before(async () => {
      const vhost = await createVhost();
      proxy = await startProxy(vhost.url);
      system = await System.open({ brokerUrl: proxy.url });
    });
    after(async () => {
      await system.close();
      await proxy.stop();
    });

    it('holds no more than 5,000 messages of ours, and gets the rest when it answers again', async () => {
      const { dispatch } = system.spine;
      proxy.holdAnswers();
      const ids: string[] = [];
      for (let batch = 0; batch < 7; batch += 1)
        ids.push(
          ...(await system.insert(
            tally,
            Array.from({ length: 1_000 }, (_, n) => ({ n })),
          )),
        );
      await eventually(() => assert.equal(dispatch.unconfirmed, 5_000));
      proxy.release();
      await eventually(() => assert.equal(dispatch.unconfirmed, 0));
      const workers = await Promise.all([system.startWorker(), system.startWorker()]);
      assert.deepEqual(await system.settled(120_000), { succeeded: 7_000 });
      await system.assertOnce(ids);
      await Promise.all(workers.map(worker => worker.stop()));
    });

    it('does not keep a worker from ending', async () => {
      const worker = await system.startWorker();
      proxy.holdAnswers();
      // The relay publishes it and waits for a confirm.
      await system.insert(tally, [{ n: 1 }], { delayMs: 1 });
      await eventually(async () => {
        const { values } = await worker.spine.metrics.relayed.get();
        assert.ok(values.some(({ value }) => value > 0));
      });
      try {
        assert.equal(
          await Promise.race([worker.stop(0).then(() => 'ended'), delay(patienceMs, 'still there')]),
          'ended',
        );
      } finally {
        proxy.cut();
      }
    });
  });

  describe('because it is out of memory', () => {
    let system: System;

    before(async () => {
      const { url } = await breakableRabbitmq();
      system = await System.open({ brokerUrl: url });
    });
    after(() => system.close());

    it('is told by readyz, goes unfelt by clients, and gets everything when it takes messages again', async () => {
      const rabbitmq = await breakableRabbitmq();
      const edge = await system.startEdge();
      await Promise.all([system.startWorker(), system.startTicker()]);
      const load = startLoad(edge, 'tally');
      await eventually(() => assert.ok(load.accepted() > 20));
      await rabbitmq.ctl('set_vm_memory_high_watermark', 'absolute', '1');
      try {
        await eventually(async () => assert.equal((await edge.spine.ready()).status, 'degraded'));
        const before = load.accepted();
        await eventually(() => assert.ok(load.accepted() > before + 100));
      } finally {
        await rabbitmq.ctl('set_vm_memory_high_watermark', 'absolute', '512MB');
      }
      await eventually(async () => assert.equal((await edge.spine.ready()).status, 'ready'));
      const accepted = await load.stop();
      assert.deepEqual(new Set(load.answers.map(answer => answer.status)), new Set([202]));
      assert.deepEqual(await system.settled(), { succeeded: accepted.size });
      await system.assertOnce([...accepted.values()]);
    });
  });
});
