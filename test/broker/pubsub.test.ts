import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PubsubBroker, type PubsubOptions } from '../../shared/broker/pubsub.ts';
import { eventually } from '../support/eventually.ts';
import { status } from '../support/pubsub-books.ts';
import { PubsubServer } from '../support/pubsub-server.ts';
import { ack, consumeInto, describeBroker, kinds, messagesOf, numbered } from './conformance.ts';
import { isUp, projectId, PubsubScene, subscriptionName, topicName } from './pubsub-scene.ts';

function freshProject(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

async function connected(options: Pick<PubsubOptions, 'projectId' | 'emulatorHost'>): Promise<PubsubBroker> {
  const broker = await new PubsubBroker({ kinds, answerTimeoutMs: 20_000, ...options }).open();
  await isUp(broker);
  return broker;
}

describeBroker('Pub/Sub', async () => {
  const server = await PubsubServer.start();
  // What a stopped consumer never saw comes back after this, not after ten seconds.
  server.books.firstDeadlineMs = 2_000;
  const project = freshProject();
  const broker = await connected({ projectId: project, emulatorHost: server.host });
  return {
    broker,
    depth: async asked => new Map(asked.map(kind => [kind, server.depth(project, kind)])),
    stop: async () => {
      await broker.close();
      server.stop();
    },
  };
});

const emulatorHost = process.env['PUBSUB_EMULATOR_HOST'];
if (emulatorHost) {
  describeBroker(`Pub/Sub (at ${emulatorHost})`, async () => {
    const broker = await connected({ projectId: freshProject(), emulatorHost });
    return { broker, depth: null, stop: () => broker.close() };
  });
}

describe('Pub/Sub, where it differs', function () {
  this.timeout(60_000);
  const scene = PubsubScene.forEachTest();

  describe('at its start', () => {
    it('answers false to a publish before it is connected, and says that it cannot be reached', async () => {
      assert.deepEqual(await scene.broker.publish(messagesOf('apple', 'a', 'b')), [false, false]);
      await assert.rejects(scene.broker.check(), /not connected/);
      assert.equal(await scene.broker.drainDead(1, async () => assert.fail('drained')), 0);
      await scene.open();
      assert.deepEqual(await scene.broker.publish(messagesOf('apple', 'a')), [true]);
    });

    it('opens at once while the server is away, tells what is wrong, and closes', async () => {
      const away = await scene.brokerOf({ emulatorHost: '127.0.0.1:1' }).open();
      await eventually(() => assert.rejects(away.check(), /connecting: 14 UNAVAILABLE/));
      await away.close();
      assert.equal(away.state, 'closed');
    });

    it('delivers to a consumer that was there before the connection', async () => {
      const inbox = await consumeInto(scene.broker, 'apple', 5, ack);
      await scene.open();
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
    });

    it('makes a topic and a subscription per kind, and tells which it had to make', async () => {
      await scene.broker.open();
      await isUp(scene.broker);
      assert.deepEqual(scene.created.toSorted(), [...kinds]);
      for (const kind of kinds) {
        const { topic, ackDeadlineSeconds, expirationPolicy, retryPolicy } = scene.server.books.subscription(
          subscriptionName(kind),
        );
        assert.deepEqual([topic, ackDeadlineSeconds], [topicName(kind), 10]);
        assert.deepEqual([expirationPolicy?.ttl, retryPolicy], [null, null], 'it never expires and gives back at once');
      }
      const again: string[] = [];
      const second = await scene.brokerOf({ onQueueCreated: kind => again.push(kind) }).open();
      await isUp(second);
      await second.close();
      assert.deepEqual(again, []);
    });

    it('tells of what it made, or may have made, though something else went wrong meanwhile', async () => {
      const refused = { apple: 'lose answer', pear: status.unavailable } as const;
      scene.broker = scene.brokerOf({ answerTimeoutMs: 300 });
      scene.server.fault = (method, { name }) => {
        if (method !== 'CreateSubscription') return undefined;
        const kind = kinds.find(candidate => name === subscriptionName(candidate));
        return kind && refused[kind];
      };
      await scene.broker.open();
      await eventually(() => assert.ok(scene.created.includes('apple')));
      scene.server.fault = () => undefined;
      await isUp(scene.broker);
      assert.ok(scene.created.includes('pear'));
    });

    for (const [limit, attempts] of [
      [2, 5],
      [20, 20],
      [1_000, 100],
    ] as const) {
      it(`asks for ${attempts} deliveries where the limit is ${limit}`, async () => {
        const limited = await scene.brokerOf({ deliveryLimit: limit }).open();
        await isUp(limited);
        await limited.close();
        assert.deepEqual(
          { ...scene.server.books.subscription(subscriptionName('apple')).deadLetterPolicy },
          { deadLetterTopic: topicName('dead'), maxDeliveryAttempts: attempts },
        );
      });
    }

    it('names all that is missing when it may not make it, and goes on once it is there', async () => {
      scene.server.fault = method => (method.startsWith('Create') ? status.permissionDenied : undefined);
      await scene.broker.open();
      await eventually(() => assert.rejects(scene.broker.check(), /missing/));
      const names = ['dead', ...kinds].flatMap(kind => [topicName(kind), subscriptionName(kind)]);
      await assert.rejects(scene.broker.check(), { message: new RegExp(`: ${names.sort().join(', ')}$`) });
      assert.deepEqual([scene.states, scene.created], [['connecting'], []]);
      scene.server.fault = () => undefined;
      await isUp(scene.broker);
    });

    it('takes no subscription of another topic for its own', async () => {
      await scene.open();
      await scene.broker.close();
      scene.server.deleteSubscription(projectId, 'pear');
      scene.server.books.createSubscription({ name: subscriptionName('pear'), topic: topicName('apple') });
      scene.broker = await scene.brokerOf().open();
      await eventually(() => assert.rejects(scene.broker.check(), /jobs\.pear belongs to .*jobs\.apple/));
    });
  });

  it('sends the same bytes as any broker, with kind and trace beside them', async () => {
    await scene.open();
    const body = Buffer.from('{"v":1}');
    await scene.broker.publish([{ kind: 'apple', body, traceparent: '00-1-2-01' }, ...messagesOf('apple', 'b')]);
    const received = scene.server.books.take(subscriptionName('apple'), 2, { held: 0 });
    assert.deepEqual(
      received.map(({ message }) => [Buffer.from(message?.data ?? ''), { ...message?.attributes }]),
      [
        [body, { kind: 'apple', traceparent: '00-1-2-01' }],
        [Buffer.from('b'), { kind: 'apple' }],
      ],
    );
  });

  it('splits what is too much for one request', async () => {
    await scene.open();
    const requests: number[] = [];
    scene.server.fault = (method, request) => void (method === 'Publish' && requests.push(request.messages.length));
    const large = Array.from({ length: 3 }, () => ({ kind: 'pear', body: Buffer.alloc(3_500_000) }));
    assert.ok((await scene.broker.publish([...messagesOf('apple', ...numbered(1_001)), ...large])).every(Boolean));
    assert.deepEqual(
      requests.toSorted((one, other) => one - other),
      [1, 1, 2, 1_000],
    );
  });
});
