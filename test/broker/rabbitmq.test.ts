import assert from 'node:assert/strict';
import type { Delivery } from '../../shared/broker/broker.ts';
import { RabbitmqBroker, type RabbitmqOptions } from '../../shared/broker/rabbitmq.ts';
import { queueOf } from '../../shared/job.ts';
import { eventually } from '../support/eventually.ts';
import { startProxy, type Proxy } from '../../ops/faults/proxy.ts';
import { createVhost, type TestVhost } from '../support/rabbitmq.ts';
import { rabbitmq } from '../support/services.ts';
import { openWire } from '../support/wire.ts';
import { ack, consumeInto, describeBroker, kinds, messagesOf, numbered } from './conformance.ts';

const connectMs = 20_000;

function brokerAt(url: string, options: Partial<RabbitmqOptions> = {}): RabbitmqBroker {
  return new RabbitmqBroker({ url, kinds, connectionName: 'test', ...options });
}

describeBroker('RabbitMQ', async () => {
  const vhost = await createVhost();
  const broker = await brokerAt(vhost.url).open();
  await broker.ready(connectMs);
  return {
    broker,
    stop: async () => {
      await broker.close();
      await vhost.drop();
    },
  };
});

describe('RabbitMQ, where it differs', function () {
  this.timeout(60_000);
  let vhost: TestVhost;
  let proxy: Proxy;
  let broker: RabbitmqBroker;
  let created: string[];
  let states: string[];

  beforeEach(async function () {
    this.timeout(120_000);
    vhost = await createVhost();
    proxy = await startProxy(vhost.url);
    created = [];
    states = [];
    broker = brokerAt(proxy.url, {
      deliveryLimit: 2,
      onQueueCreated: kind => created.push(kind),
      onStateChange: state => states.push(state),
    });
  });

  afterEach(async () => {
    await broker.close();
    await proxy.stop();
    await vhost.drop();
  });

  async function connected(): Promise<RabbitmqBroker> {
    await broker.open();
    return broker.ready(connectMs);
  }

  /** Connected again after a loss: a message goes through. */
  function mended(): Promise<void> {
    return eventually(async () => assert.deepEqual(await broker.publish(messagesOf('pear', 'x')), [true]), {
      timeoutMs: connectMs,
    });
  }

  it('answers false to a publish before it is connected, and says that it cannot be reached', async () => {
    assert.deepEqual(await broker.publish(messagesOf('apple', 'a', 'b')), [false, false]);
    await assert.rejects(broker.check(), /not connected/);
    await assert.rejects(broker.depth(kinds), /not connected/);
    assert.equal(await broker.drainDead(1, async () => assert.fail('drained')), 0);
    await broker.open();
    assert.deepEqual(await broker.publish(messagesOf('apple', 'a')), [false]);
    await broker.ready(connectMs);
    assert.deepEqual(await broker.publish(messagesOf('apple', 'a')), [true]);
  });

  it('opens at once while the broker is away, and waits no longer than it is told to', async () => {
    const away = await brokerAt('amqp://127.0.0.1:1').open();
    try {
      assert.equal(away.state, 'connecting');
      await assert.rejects(away.ready(50), /could not be reached within 50 ms/);
    } finally {
      await away.close();
    }
    assert.equal(away.state, 'closed');
  });

  it('spreads clients over the nodes of its list, and goes past one that is away', async () => {
    const told: string[] = [];
    const url = `amqp://127.0.0.1:1,${proxy.url},${vhost.url}`;
    const onStateChange = (state: string, why: string) => state === 'up' && told.push(why);
    const clients = Array.from({ length: 16 }, () => brokerAt(url, { deliveryLimit: 2, onStateChange }));
    try {
      await Promise.all(clients.map(async client => (await client.open()).ready(connectMs)));
      const hosts = [proxy.url, vhost.url].map(address => `connected to ${new URL(address).host}`);
      assert.deepEqual([...new Set(told)].sort(), hosts.sort());
    } finally {
      await Promise.all(clients.map(client => client.close()));
    }
  });

  it('delivers to a consumer that was there before the connection', async () => {
    const inbox = await consumeInto(broker, 'apple', 5, ack);
    await connected();
    await broker.publish(messagesOf('apple', 'a'));
    await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
  });

  it('makes quorum queues that dead-letter at least once', async () => {
    await connected();
    for (const kind of kinds) {
      const queue = await manage(`queues/${vhostOf(vhost)}/${queueOf(kind)}`);
      assert.equal(queue['durable'], true);
      assert.deepEqual(queue['arguments'], {
        'x-queue-type': 'quorum',
        'x-dead-letter-exchange': 'jobs.dead',
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
        'x-delivery-limit': 2,
      });
    }
    assert.deepEqual((await manage(`queues/${vhostOf(vhost)}/jobs.dead`))['arguments'], { 'x-queue-type': 'quorum' });
  });

  it('tells which queues it had to make, and only those', async () => {
    await connected();
    assert.deepEqual(created.toSorted(), [...kinds]);
    const again: string[] = [];
    const second = await brokerAt(vhost.url, { onQueueCreated: kind => again.push(kind), deliveryLimit: 2 }).open();
    await second.ready(connectMs);
    await second.close();
    assert.deepEqual(again, []);
  });

  it('keeps messages over the end of the process that published them', async () => {
    await connected();
    await broker.publish(messagesOf('apple', ...numbered(50)));
    await broker.close();
    const second = await brokerAt(vhost.url, { deliveryLimit: 2 }).open();
    await second.ready(connectMs);
    try {
      const inbox = await consumeInto(second, 'apple', 50, ack);
      await eventually(() => assert.equal(inbox.deliveries.length, 50));
    } finally {
      await second.close();
    }
  });

  it('connects again after its connection was killed, and puts its consumers back', async () => {
    await connected();
    const inbox = await consumeInto(broker, 'apple', 5, ack);
    await broker.publish(messagesOf('apple', 'before'));
    await eventually(() => assert.deepEqual(inbox.texts(), ['before']));
    await closeConnections(vhost);
    await eventually(() => assert.ok(states.includes('connecting')), { timeoutMs: connectMs });
    await mended();
    await broker.publish(messagesOf('apple', 'after'));
    await eventually(() => assert.deepEqual(inbox.texts(), ['before', 'after']));
    assert.deepEqual(states, ['up', 'connecting', 'up']);
  });

  it('delivers again what was held when the connection was lost; its old ack does no harm', async () => {
    await connected();
    const held: Delivery[] = [];
    const inbox = await consumeInto(broker, 'apple', 5, delivery => held.push(delivery));
    await broker.publish(messagesOf('apple', 'a'));
    await eventually(() => assert.equal(held.length, 1));
    proxy.cut();
    await eventually(() => assert.ok(held.length >= 2), { timeoutMs: connectMs });
    held[0]?.ack();
    held[0]?.reject();
    held[1]?.ack();
    await inbox.stop();
    assert.deepEqual(inbox.texts(), ['a', 'a']);
    await eventually(async () => assert.equal((await broker.depth(['apple'])).get('apple')?.ready, 0));
  });

  it('notices by itself that the broker has forgotten its connection', async () => {
    await connected();
    const inbox = await consumeInto(broker, 'apple', 5, ack);
    proxy.forget();
    await eventually(() => assert.deepEqual(states, ['up', 'connecting', 'up']), { timeoutMs: 15_000 });
    await broker.publish(messagesOf('apple', 'a'));
    await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
  });

  it('outlives connections that break while they are being set up', async () => {
    proxy.slow(15); // the handshake is over after 150 ms, the set-up after a second
    await broker.open();
    for (let times = 0; times < 2; times += 1) {
      await new Promise(resolve => setTimeout(resolve, 450));
      proxy.cut();
    }
    assert.equal(broker.state, 'connecting');
    proxy.release();
    await mended();
  });

  it('answers for every message under way when the connection is lost, and rejects none', async () => {
    await connected();
    proxy.holdAnswers();
    const answers = broker.publish(messagesOf('apple', ...numbered(500)));
    await new Promise(resolve => setImmediate(resolve));
    proxy.cut();
    assert.deepEqual(
      await answers,
      Array.from({ length: 500 }, () => false),
    );
    await mended();
  });

  it('answers false at once while the connection is down', async () => {
    await connected();
    await proxy.stop();
    await eventually(() => assert.equal(broker.state, 'connecting'));
    assert.deepEqual(await broker.publish(messagesOf('apple', 'a')), [false]);
    await assert.rejects(broker.check());
  });

  it('stops a consumer whose connection is down, and does not put it back', async () => {
    await connected();
    const inbox = await consumeInto(broker, 'apple', 5, ack);
    proxy.cut();
    await inbox.stop();
    await mended();
    await broker.publish(messagesOf('apple', 'a'));
    assert.deepEqual((await broker.depth(['apple'])).get('apple'), { ready: 1, consumers: 0 });
    assert.deepEqual(inbox.texts(), []);
  });

  it('leaves no consumer behind, whenever it is stopped while a connection is being mended', async () => {
    await connected();
    for (let round = 0; round < 12; round += 1) {
      const inbox = await consumeInto(broker, 'apple', 5);
      proxy.cut();
      await eventually(() => assert.equal(broker.state, 'connecting'));
      // Each round stops at another point of the way back.
      await new Promise(resolve => setTimeout(resolve, 150 + round * 15));
      await inbox.stop();
      await mended();
      assert.equal((await broker.depth(['apple'])).get('apple')?.consumers, 0, `round ${round}`);
    }
  });

  it('closes while its connection is down', async () => {
    await connected();
    await consumeInto(broker, 'apple', 5);
    await proxy.stop();
    await eventually(() => assert.equal(broker.state, 'connecting'));
    await broker.close();
    assert.equal(broker.state, 'closed');
  });

  it('closes though the broker no longer answers', async () => {
    await connected();
    await consumeInto(broker, 'apple', 5);
    proxy.holdAnswers();
    await broker.close();
    assert.equal(broker.state, 'closed');
  });

  it('answers false for a message that no queue takes, and makes the queue again', async () => {
    await connected();
    created.length = 0;
    await deleteQueue('apple');
    assert.deepEqual(await broker.publish(messagesOf('apple', 'a')), [false]);
    await eventually(async () => assert.deepEqual(await broker.publish(messagesOf('apple', 'b')), [true]), {
      timeoutMs: connectMs,
    });
    assert.deepEqual(created, ['apple']);
  });

  it('makes a deleted queue again, tells so, and puts its consumer back', async () => {
    await connected();
    const inbox = await consumeInto(broker, 'apple', 5, ack);
    created.length = 0;
    await deleteQueue('apple');
    await eventually(() => assert.deepEqual(created, ['apple']), { timeoutMs: connectMs });
    await broker.publish(messagesOf('apple', 'a'));
    await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
  });

  it('gives a message up that came back more often than the limit, with the reason', async () => {
    await connected();
    await broker.publish(messagesOf('apple', 'poison'));
    for (let round = 0; round < 3; round += 1) {
      const inbox = await consumeInto(broker, 'apple', 1);
      await eventually(() => assert.deepEqual(inbox.texts(), ['poison']));
      await inbox.stop();
    }
    const letters: string[] = [];
    await eventually(async () => {
      await broker.drainDead(10, async ({ kind, body, reason }) => {
        letters.push(`${kind} ${body.toString()} ${reason}`);
      });
      assert.deepEqual(letters, ['apple poison delivery_limit']);
    });
  });

  it('holds no dead letter back when the connection is lost while it is taken', async () => {
    await connected();
    await broker.publish(messagesOf('apple', 'a'));
    await consumeInto(broker, 'apple', 1, delivery => delivery.reject());
    await eventually(async () => {
      let taken = 0;
      await broker
        .drainDead(1, async () => {
          taken += 1;
          proxy.cut();
          await eventually(() => assert.equal(broker.state, 'connecting'));
        })
        .catch(() => {});
      assert.equal(taken, 1);
    });
    await mended();
    await eventually(async () => assert.equal(await broker.drainDead(10, async () => {}), 1));
  });

  async function deleteQueue(kind: string): Promise<void> {
    const wire = await openWire(vhost.url);
    await wire.channel.deleteQueue(queueOf(kind));
    await wire.close();
  }
});

function vhostOf(vhost: TestVhost): string {
  return new URL(vhost.url).pathname.slice(1);
}

/** One question to RabbitMQ's management API. */
async function manage(path: string, method = 'GET'): Promise<Record<string, unknown>> {
  const { origin, username, password } = new URL((await rabbitmq()).managementUrl);
  const response = await fetch(`${origin}/api/${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
  });
  assert.ok(response.ok || response.status === 404, `${method} ${path}: ${response.status}`);
  return response.status === 200 ? ((await response.json()) as Record<string, unknown>) : {};
}

/** The management lists a connection some seconds after it was made. */
async function closeConnections(vhost: TestVhost): Promise<void> {
  await eventually(
    async () => {
      const list = (await manage(`vhosts/${vhostOf(vhost)}/connections`)) as unknown as { name: string }[];
      assert.ok(list.length > 0);
      for (const { name } of list) await manage(`connections/${encodeURIComponent(name)}`, 'DELETE');
    },
    { timeoutMs: 30_000, intervalMs: 200 },
  );
}
