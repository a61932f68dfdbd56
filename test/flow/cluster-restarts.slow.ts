import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createServiceKey } from '../../db/core/service-keys.ts';
import type { ClusterNode, RabbitmqCluster } from '../../ops/embedded/rabbitmq-cluster.ts';
import { RabbitmqBroker } from '../../shared/broker/rabbitmq.ts';
import { nameOfNode } from '../../shared/broker/rabbitmq-nodes.ts';
import { membersBack, openCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type Load, startLoad } from '../support/load.ts';
import type { TestProcess } from '../support/processes.ts';
import { startProxy } from '../../ops/faults/proxy.ts';
import { createVhost } from '../support/rabbitmq.ts';
import { post, System, type TestEdge } from '../support/system.ts';

const patience = { timeoutMs: 90_000 };
/** Longer than the others take a silent node for alive. */
const frozenMs = 25_000;
const netTickS = 10;

// Minutes, not seconds: `npm run test:cluster` runs it, `npm test` does not.
describe('flow: a RabbitMQ cluster under load', function () {
  this.timeout(600_000);
  let cluster: RabbitmqCluster;
  let system: System;
  let edgeProcess: TestProcess;
  let edge: Pick<TestEdge, 'post'>;

  before(async function () {
    const opened = await openCluster({ netTickS });
    assert.ok(opened, 'RabbitMQ is not installed');
    cluster = opened;
    system = await System.open({ brokerUrl: cluster.url });
    [edgeProcess] = await Promise.all([
      system.startProcess('test/support/edge-process.ts'),
      system.startProcess(),
      system.startProcess(),
      system.startTicker(),
    ]);
    const url = /"edge":"([^"]+)"/.exec(edgeProcess.output())?.[1] as string;
    const { key } = await createServiceKey(system.db, { name: 'cluster', kinds: ['*'], operator: false });
    edge = { post: (kind, payload, headers) => post(`${url}/jobs/${kind}`, key, payload, headers) };
  });
  after(async () => {
    await system?.close();
    await cluster?.end();
  });

  /** The node that the edge is on, by what it last said. */
  function nodeOfEdge(): ClusterNode {
    const host = [...edgeProcess.output().matchAll(/connected to (\S+?)"/g)].at(-1)?.[1];
    const node = cluster.nodes.find(({ url }) => nameOfNode(url) === host);
    assert.ok(node, `no node at ${host}`);
    return node;
  }

  async function succeeded(): Promise<number> {
    const { n } = await system.db.one<{ n: number }>("select count(*) as n from core.jobs where state = 'succeeded'");
    return n;
  }

  /** Jobs that are posted now are done now. */
  async function flows(): Promise<void> {
    const before = await succeeded();
    await eventually(async () => assert.ok((await succeeded()) > before + 20), patience);
  }

  /** Runs `disturb` under load: clients feel nothing, every accepted job is done, once. */
  async function underLoad(disturb: (load: Load) => Promise<void>): Promise<void> {
    const load = startLoad(edge, 'tally');
    await eventually(() => assert.ok(load.accepted() > 50), patience);
    await flows();
    await disturb(load);
    const endedMs = performance.now();
    await flows();
    console.log(`      work flowed ${Math.round(performance.now() - endedMs)} ms after the end of it`);
    const accepted = await load.stop();
    assert.deepEqual(new Set(load.answers.map(answer => answer.status)), new Set([202]));
    await system.settled(120_000);
    await system.assertOnce([...accepted.values()]);
  }

  it('does every accepted job once though the node of the edge is killed', () =>
    underLoad(async () => {
      const node = nodeOfEdge();
      await node.kill();
      await flows();
      assert.notEqual(nodeOfEdge().name, node.name);
      await node.start();
      await membersBack(cluster);
    }));

  it('does every accepted job once over a rolling restart', () =>
    underLoad(async () => {
      for (const node of cluster.nodes) {
        await node.run('rabbitmq-upgrade', 'await_online_quorum_plus_one', '-t', '120');
        await node.run('rabbitmq-upgrade', 'drain');
        await node.stop();
        await flows();
        await node.start();
      }
      await membersBack(cluster);
    }));

  it('does every accepted job once though the node of the edge freezes, longer than the others wait for it', () =>
    underLoad(async () => {
      const node = nodeOfEdge();
      node.freeze();
      const frozenAtMs = performance.now();
      try {
        // The edge notices by heartbeats, by what is never confirmed, or because the others shut the frozen node out.
        await eventually(() => assert.notEqual(nodeOfEdge().name, node.name), patience);
        console.log(`      the edge left the frozen node after ${Math.round(performance.now() - frozenAtMs)} ms`);
        await flows();
        await delay(Math.max(0, frozenMs - (performance.now() - frozenAtMs)));
      } finally {
        node.thaw();
      }
      await membersBack(cluster);
    }));

  it('accepts all the while that two nodes are gone, and does it once when they are back', () =>
    underLoad(async load => {
      const [, second, third] = cluster.nodes as [ClusterNode, ClusterNode, ClusterNode];
      await Promise.all([second.kill(), third.kill()]);
      const before = load.accepted();
      await eventually(() => assert.ok(load.accepted() > before + 200), patience);
      await Promise.all([second.start(), third.start()]);
      await membersBack(cluster);
    }));
});

describe('a node that answers everything but publishes', function () {
  this.timeout(240_000);

  it('is left for another', async () => {
    const vhost = await createVhost();
    const proxy = await startProxy(vhost.url);
    // Heartbeats so rare that they can't be what tells.
    const url = `${proxy.url}?heartbeat=120,${vhost.url}`;
    const told: string[] = [];
    const onStateChange = (state: string, why: string) => void told.push(`${state}: ${why}`);
    const options = { url, kinds: ['apple'], connectionName: 'silence', onStateChange };
    // The first node of each client is its own choice.
    let broker = await (await new RabbitmqBroker(options).open()).ready(30_000);
    while (!told.at(-1)?.endsWith(nameOfNode(proxy.url))) {
      await broker.close();
      broker = await (await new RabbitmqBroker(options).open()).ready(30_000);
    }
    try {
      proxy.holdAnswers();
      const message = { kind: 'apple', body: Buffer.from('a') };
      assert.deepEqual(await broker.publish([message]), [false]);
      await eventually(() => assert.match(told.at(-1) as string, /^up: /), patience);
      assert.match(told.at(-2) as string, /confirms nothing/);
      assert.ok(told.at(-1)?.endsWith(nameOfNode(vhost.url)));
      assert.deepEqual(await broker.publish([message]), [true]);
    } finally {
      await broker.close();
      await proxy.stop();
      await vhost.drop();
    }
  });
});
