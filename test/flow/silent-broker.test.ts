import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import {
  brokerAt,
  describeFlow,
  type FlowBroker,
  openBreakableBroker,
  openPubsub,
  sharedBrokers,
  type SharedBrokerName,
} from '../support/flow-broker.ts';
import { tally } from '../support/kinds.ts';
import { startLoad } from '../support/load.ts';
import { startProxy } from '../../ops/faults/proxy.ts';
import { createVhost } from '../support/rabbitmq.ts';
import { breakableRabbitmq } from '../support/services.ts';
import { System } from '../support/system.ts';

/** An orchestrator kills what has not ended some seconds after its grace. */
const patienceMs = 10_000;
/** What a broker may owe an answer for. Pub/Sub's client has to answer within 2 s: then it counts as away. */
const mostUnconfirmed = { rabbitmq: 5_000, pubsub: 0 };
/** Of a thousand jobs, posted meanwhile. */
const batches = { rabbitmq: 7, pubsub: 2 };
const resourceExhausted = 8;

interface SilentBroker extends FlowBroker {
  holdAnswers(): void;
  release(): void;
  /** Whoever waits for an answer is told that none will come. */
  cut(): void;
}

async function openSilent(name: SharedBrokerName): Promise<SilentBroker> {
  if (name === 'pubsub') {
    const broker = await openPubsub();
    const release = () => void (broker.server.fault = () => undefined);
    return { ...broker, holdAnswers: () => void (broker.server.fault = () => 'hang'), release, cut: release };
  }
  const vhost = await createVhost();
  const proxy = await startProxy(vhost.url);
  const drop = async () => {
    await proxy.stop();
    await vhost.drop();
  };
  return { ...brokerAt(proxy.url), ...proxy, drop };
}

interface FullBroker extends FlowBroker {
  fill(): Promise<unknown>;
  empty(): Promise<unknown>;
}

async function openFull(name: SharedBrokerName): Promise<FullBroker> {
  if (name === 'pubsub') {
    const broker = await openPubsub();
    const refuse = (method: string) => (method === 'Publish' ? resourceExhausted : undefined);
    return {
      ...broker,
      fill: async () => (broker.server.fault = refuse),
      empty: async () => (broker.server.fault = () => undefined),
    };
  }
  const { ctl } = await breakableRabbitmq();
  const setMemory = (most: string) => ctl('set_vm_memory_high_watermark', 'absolute', most);
  return { ...(await openBreakableBroker(name)), fill: () => setMemory('1'), empty: () => setMemory('512MB') };
}

describeFlow(sharedBrokers, 'a broker that does not confirm', function (name) {
  this.timeout(180_000);

  describe('because its answers are lost', () => {
    let broker: SilentBroker;
    let system: System;

    before(async () => {
      broker = await openSilent(name);
      system = await System.open({ broker });
    });
    after(() => system.close());

    it('holds no more than 5,000 messages of ours, and gets the rest when it answers again', async () => {
      const { dispatch } = system.spine;
      broker.holdAnswers();
      const ids: string[] = [];
      for (let batch = 0; batch < batches[name]; batch += 1) {
        ids.push(
          ...(await system.insert(
            tally,
            Array.from({ length: 1_000 }, (_, n) => ({ n })),
          )),
        );
        assert.ok(dispatch.unconfirmed <= 5_000);
      }
      await eventually(() => assert.equal(dispatch.unconfirmed, mostUnconfirmed[name]));
      broker.release();
      await eventually(() => assert.equal(dispatch.unconfirmed, 0));
      const workers = await Promise.all([system.startWorker(), system.startWorker()]);
      assert.deepEqual(await system.settled(120_000), { succeeded: ids.length });
      await system.assertOnce(ids);
      await Promise.all(workers.map(worker => worker.stop()));
    });

    it('does not keep a worker from ending', async () => {
      const worker = await system.startWorker();
      broker.holdAnswers();
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
        broker.cut();
      }
    });
  });

  describe('because it takes nothing more', () => {
    let broker: FullBroker;
    let system: System;

    before(async () => {
      broker = await openFull(name);
      system = await System.open({ broker });
    });
    after(() => system.close());

    it('is told by readyz, goes unfelt by clients, and gets everything when it takes messages again', async () => {
      const edge = await system.startEdge();
      await Promise.all([system.startWorker(), system.startTicker()]);
      const load = startLoad(edge, 'tally');
      await eventually(() => assert.ok(load.accepted() > 20));
      await broker.fill();
      try {
        await eventually(async () => assert.equal((await edge.spine.ready()).status, 'degraded'));
        const before = load.accepted();
        await eventually(() => assert.ok(load.accepted() > before + 100));
      } finally {
        await broker.empty();
      }
      await eventually(async () => assert.equal((await edge.spine.ready()).status, 'ready'));
      const accepted = await load.stop();
      assert.deepEqual(new Set(load.answers.map(answer => answer.status)), new Set([202]));
      assert.deepEqual(await system.settled(), { succeeded: accepted.size });
      await system.assertOnce([...accepted.values()]);
    });
  });
});
