import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { status } from '../support/pubsub-books.ts';
import { ack, consumeInto, messagesOf, numbered } from './conformance.ts';
import { isUp, PubsubScene, topicName } from './pubsub-scene.ts';

describe('Pub/Sub and its leases', function () {
  this.timeout(60_000);
  const scene = PubsubScene.forEachTest();

  describe('with what is held', () => {
    /** A consumer that has `texts` in hand. */
    async function holding(...texts: string[]): Promise<Awaited<ReturnType<typeof consumeInto>>> {
      await scene.broker.publish(messagesOf('apple', ...texts));
      const inbox = await consumeInto(scene.broker, 'apple', texts.length);
      await eventually(() => assert.equal(inbox.deliveries.length, texts.length));
      return inbox;
    }

    it('extends the lease of a message for as long as it is held', async () => {
      await scene.open();
      const extended: number[] = [];
      scene.server.fault = (method, { ackDeadlineSeconds }) =>
        void (method === 'ModifyAckDeadline' && extended.push(ackDeadlineSeconds));
      scene.server.books.firstDeadlineMs = 3_000;
      const inbox = await holding('a');
      // At its receipt, and then at a time of the client's choice before that ends.
      await eventually(() => assert.ok(extended.length >= 2), { timeoutMs: 30_000 });
      assert.deepEqual(new Set(extended), new Set([10]));
      assert.deepEqual([inbox.texts(), scene.depth('apple')], [['a'], { ready: 0, held: 1 }]);
    });

    it('hands out again what is not extended', async () => {
      await scene.open();
      scene.server.fault = method => (method === 'ModifyAckDeadline' ? 'ignore' : undefined);
      scene.server.books.firstDeadlineMs = 300;
      const inbox = await consumeInto(scene.broker, 'apple', 5);
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.deepEqual(inbox.texts().slice(0, 2), ['a', 'a']));
    });

    it('gives it back at once when it closes, and loses no ack', async () => {
      await scene.open();
      const inbox = await holding(...numbered(200));
      for (const delivery of inbox.deliveries.slice(50)) delivery.ack();
      await scene.broker.close();
      assert.deepEqual(scene.depth('apple'), { ready: 50, held: 0 });
    });

    it('takes a duplicate for a message like any other', async () => {
      await scene.open();
      scene.server.books.duplicates = true;
      const inbox = await consumeInto(scene.broker, 'apple', 5, ack);
      await scene.broker.publish(messagesOf('apple', ...numbered(20)));
      await eventually(() => assert.equal(inbox.deliveries.length, 40));
      await inbox.stop();
      assert.deepEqual(scene.depth('apple'), { ready: 0, held: 0 });
    });

    it('gets again what it acknowledged in vain', async () => {
      await scene.open();
      scene.server.fault = method => (method === 'Acknowledge' ? 'ignore' : undefined);
      const inbox = await holding('a');
      inbox.deliveries[0]?.ack();
      scene.server.expireLeases();
      await eventually(() => assert.deepEqual(inbox.texts(), ['a', 'a']));
    });

    it('repeats an ack that the server was away for', async () => {
      await scene.open();
      const inbox = await holding('a');
      scene.server.stop();
      inbox.deliveries[0]?.ack();
      await eventually(() => assert.equal(scene.broker.state, 'connecting'));
      await scene.server.start();
      await eventually(() => assert.deepEqual(scene.depth('apple'), { ready: 0, held: 0 }), { timeoutMs: 20_000 });
      assert.deepEqual(inbox.texts(), ['a']);
    });
  });

  describe('with dead letters', () => {
    const toDead = (method: string, request: { topic?: string }) =>
      method === 'Publish' && request.topic === topicName('dead');

    it('gives a message up that came back as often as the limit says, with the reason', async () => {
      scene.broker = await scene.brokerOf({ deliveryLimit: 5 }).open();
      await isUp(scene.broker);
      const inbox = await consumeInto(scene.broker, 'apple', 1);
      await scene.broker.publish(messagesOf('apple', 'poison'));
      for (let delivered = 1; delivered <= 5; delivered += 1) {
        await eventually(() => assert.equal(inbox.deliveries.length, delivered));
        scene.server.expireLeases();
        inbox.deliveries.at(-1)?.ack(); // too late, but the place is free
      }
      await eventually(async () => assert.deepEqual(await scene.drain(), ['apple poison delivery_limit']));
      assert.equal(inbox.deliveries.length, 5);
    });

    it('holds a rejected message until its copy is stored, and goes on with others', async () => {
      await scene.open();
      let refused = 0;
      scene.server.fault = (method, request) => {
        if (!toDead(method, request)) return undefined;
        refused += 1;
        return status.unavailable;
      };
      const inbox = await consumeInto(scene.broker, 'apple', 2, delivery => {
        if (delivery.body.toString() === 'a') delivery.reject();
        else delivery.ack();
      });
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.ok(refused >= 2));
      await eventually(async () => assert.deepEqual(await scene.broker.publish(messagesOf('apple', 'b')), [true]));
      await eventually(() => assert.deepEqual(inbox.texts(), ['a', 'b']));
      scene.server.fault = () => undefined;
      await eventually(async () => assert.deepEqual(await scene.drain(), ['apple a rejected']));
      await eventually(() => assert.deepEqual(scene.depth('apple'), { ready: 0, held: 0 }));
    });

    it('gives a rejected message back that it could not store before it stopped', async () => {
      await scene.open();
      scene.server.fault = (method, request) => (toDead(method, request) ? status.unavailable : undefined);
      const inbox = await consumeInto(scene.broker, 'apple', 1, delivery => delivery.reject());
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.equal(scene.broker.state, 'connecting'));
      await inbox.stop();
      assert.deepEqual(scene.depth('apple'), { ready: 1, held: 0 });
    });

    it('makes a dead letter twice rather than never when the answer to the first is lost', async () => {
      await scene.open({ answerTimeoutMs: 500 });
      let lost = false;
      scene.server.fault = (method, request) => {
        if (lost || !toDead(method, request)) return undefined;
        lost = true;
        return 'lose answer';
      };
      await consumeInto(scene.broker, 'apple', 1, delivery => delivery.reject());
      await scene.broker.publish(messagesOf('apple', 'a'));
      const letters: string[] = [];
      await eventually(async () => {
        letters.push(...(await scene.drain()));
        assert.deepEqual(letters, ['apple a rejected', 'apple a rejected']);
      });
    });

    it('gives back what it pulled and could not take', async () => {
      await scene.open();
      await consumeInto(scene.broker, 'apple', 5, delivery => delivery.reject());
      await scene.broker.publish(messagesOf('apple', 'a', 'b', 'c'));
      await eventually(() => assert.deepEqual(scene.depth('dead'), { ready: 3, held: 0 }));
      let taken = 0;
      const takeOne = async () => {
        taken += 1;
        if (taken === 2) throw new Error('the database is away');
      };
      await assert.rejects(scene.broker.drainDead(10, takeOne), /the database is away/);
      assert.deepEqual(scene.depth('dead'), { ready: 2, held: 0 });
      assert.equal((await scene.drain()).length, 2);
    });
  });
});
