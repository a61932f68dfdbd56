import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { status } from '../support/pubsub-books.ts';
import { ack, consumeInto, kinds, messagesOf, numbered } from './conformance.ts';
import { projectId, PubsubScene, topicName } from './pubsub-scene.ts';

describe('Pub/Sub, broken', function () {
  this.timeout(60_000);
  const scene = PubsubScene.forEachTest();

  describe('when the server fails', () => {
    it('serves the same consumers after it was killed and started again, and loses nothing that it confirmed', async () => {
      await scene.open();
      const inbox = await consumeInto(scene.broker, 'apple', 10, ack);
      const confirmed: string[] = [];
      let stopping = false;
      const publishing = (async () => {
        for (let next = 0; !stopping; next += 1) {
          const [stored] = await scene.broker.publish(messagesOf('apple', String(next)));
          if (stored) confirmed.push(String(next));
          else await delay(5);
        }
      })();
      for (let kill = 0; kill < 3; kill += 1) {
        const before = confirmed.length;
        await eventually(() => assert.ok(confirmed.length > before + 20), { timeoutMs: 20_000 });
        scene.server.stop();
        await eventually(() => assert.equal(scene.broker.state, 'connecting'));
        assert.deepEqual(await scene.broker.publish(messagesOf('apple', 'refused')), [false]);
        await scene.server.start();
      }
      await scene.mended();
      stopping = true;
      await publishing;
      await eventually(() =>
        assert.deepEqual(
          confirmed.filter(text => !inbox.texts().includes(text)),
          [],
        ),
      );
      await inbox.stop();
      assert.deepEqual(scene.depth('apple'), { ready: 0, held: 0 });
    });

    it('makes everything anew after it was wiped, tells so twice, and puts its consumers back', async () => {
      await scene.open();
      const inbox = await consumeInto(scene.broker, 'apple', 5, ack);
      await eventually(() => assert.equal(scene.server.depth(projectId, 'apple').consumers, 1));
      scene.server.wipe();
      await eventually(() => assert.deepEqual(scene.created.toSorted(), [...kinds]), { timeoutMs: 20_000 });
      await scene.mended();
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
      await eventually(() => assert.deepEqual(scene.created.toSorted(), ['apple', 'apple', 'pear', 'pear']), {
        timeoutMs: 20_000,
      });
    });

    it('answers false for what is not answered in time, and for all else until it answers again', async () => {
      await scene.open({ answerTimeoutMs: 300 });
      scene.server.fault = () => 'hang';
      assert.deepEqual(await scene.broker.publish(messagesOf('apple', ...numbered(50))), Array(50).fill(false));
      assert.equal(scene.broker.state, 'connecting');
      assert.deepEqual(await scene.broker.publish(messagesOf('apple', 'a')), [false]);
      scene.server.fault = () => undefined;
      await scene.mended();
    });

    it('answers false for a message that was refused, and true again when it is not', async () => {
      await scene.open();
      scene.server.fault = (method, request) =>
        method === 'Publish' && request.topic === topicName('apple') ? status.permissionDenied : undefined;
      const answers = await scene.broker.publish([...messagesOf('apple', 'a'), ...messagesOf('pear', 'b')]);
      assert.deepEqual(answers, [false, true]);
      scene.server.fault = () => undefined;
      await scene.mended();
    });

    it('opens a broken stream again, while what was held stays held and can be acknowledged', async () => {
      await scene.open();
      const inbox = await consumeInto(scene.broker, 'apple', 2);
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.equal(inbox.deliveries.length, 1));
      scene.server.dropStreams();
      await eventually(() => assert.equal(scene.server.depth(projectId, 'apple').consumers, 1));
      await scene.mended();
      await scene.broker.publish(messagesOf('apple', 'b'));
      await eventually(() => assert.deepEqual(inbox.texts(), ['a', 'b']));
      for (const delivery of inbox.deliveries) delivery.ack();
      await eventually(() => assert.deepEqual(scene.depth('apple'), { ready: 0, held: 0 }));
    });

    it('ends though the server no longer answers', async () => {
      await scene.open();
      const inbox = await consumeInto(scene.broker, 'apple', 5);
      await scene.broker.publish(messagesOf('apple', 'a', 'b', 'c'));
      await eventually(() => assert.equal(inbox.deliveries.length, 3));
      scene.server.fault = () => 'hang';
      inbox.deliveries[0]?.ack();
      inbox.deliveries[1]?.reject();
      await inbox.stop();
      await scene.broker.close();
      assert.equal(scene.broker.state, 'closed');
    });

    it('ends while the server is away', async () => {
      await scene.open();
      const inbox = await consumeInto(scene.broker, 'apple', 5);
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.equal(inbox.deliveries.length, 1));
      scene.server.stop();
      await scene.broker.close();
      assert.equal(scene.broker.state, 'closed');
    });
  });

  describe('when something is deleted behind its back', () => {
    it('makes a topic again, with a subscription that hears it, and tells so', async () => {
      await scene.open();
      const inbox = await consumeInto(scene.broker, 'apple', 5, ack);
      scene.server.deleteTopic(projectId, 'apple');
      assert.deepEqual(await scene.broker.publish(messagesOf('apple', 'lost')), [false]);
      await eventually(() => assert.deepEqual(scene.created, ['apple']));
      await scene.mended();
      assert.deepEqual(await scene.broker.publish(messagesOf('apple', 'a')), [true]);
      await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
    });

    it("makes its consumer's subscription again, tells so, and puts the consumer back", async () => {
      await scene.open();
      const inbox = await consumeInto(scene.broker, 'apple', 5, ack);
      await eventually(() => assert.equal(scene.server.depth(projectId, 'apple').consumers, 1));
      scene.server.deleteSubscription(projectId, 'apple');
      await eventually(() => assert.deepEqual(scene.created, ['apple']));
      await scene.mended();
      await scene.broker.publish(messagesOf('apple', 'a'));
      await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
    });

    it('finds a missing subscription that nobody uses', async () => {
      await scene.open();
      for (const kind of kinds) scene.server.deleteSubscription(projectId, kind);
      await eventually(() => assert.deepEqual(new Set(scene.created), new Set(kinds)), { timeoutMs: 40_000 });
      assert.deepEqual(scene.states, ['up'], 'it was up all the time');
    });
  });
});
