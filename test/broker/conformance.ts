import assert from 'node:assert/strict';
import type { Broker, Consumer, Delivery, OutgoingMessage, QueueDepth } from '../../shared/broker/broker.ts';
import { eventually } from '../support/eventually.ts';

export const kinds = ['apple', 'pear'] as const;
export type Kind = (typeof kinds)[number];

/** A broker with empty queues of `kinds`. */
export interface BrokerRig {
  broker: Broker;
  /** For a broker that can't tell its depth: what the server's own books say; null where nobody can look into them. */
  depth?: ((kinds: readonly string[]) => Promise<Map<string, QueueDepth>>) | null;
  /** Closes the broker and clears away what it kept. */
  stop(): Promise<void>;
}

/** What a consumer of a test was handed. */
export interface Inbox extends Consumer {
  deliveries: Delivery[];
  texts(): string[];
}

export function messagesOf(kind: Kind, ...texts: string[]): OutgoingMessage[] {
  return texts.map(text => ({ kind, body: Buffer.from(text) }));
}

export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

/** A consumer that keeps what it is handed; `onDelivery` may settle it. */
export async function consumeInto(
  broker: Broker,
  kind: Kind,
  prefetch: number,
  onDelivery: (delivery: Delivery) => void = () => {},
): Promise<Inbox> {
  const deliveries: Delivery[] = [];
  const consumer = await broker.consume(kind, { prefetch }, delivery => {
    deliveries.push(delivery);
    onDelivery(delivery);
  });
  return { deliveries, texts: () => deliveries.map(({ body }) => body.toString()), stop: () => consumer.stop() };
}

export const ack = (delivery: Delivery): void => delivery.ack();

/** What every broker must do; each runs the same. */
export function describeBroker(name: string, start: () => Promise<BrokerRig>): void {
  describe(`the ${name} broker`, function () {
    this.timeout(60_000);
    let rig: BrokerRig;
    let broker: Broker;

    beforeEach(async function () {
      this.timeout(120_000);
      rig = await start();
      ({ broker } = rig);
    });

    afterEach(() => rig.stop());

    async function assertReady(kind: Kind, ready: number): Promise<void> {
      if (rig.depth === null) return;
      const depths = await (rig.depth ? rig.depth([kind]) : broker.depth([kind]));
      assert.equal(depths.get(kind)?.ready, ready);
    }

    it('confirms each message that it has stored', async () => {
      assert.deepEqual(await broker.publish([...messagesOf('apple', 'a', 'b'), ...messagesOf('pear', 'c')]), [
        true,
        true,
        true,
      ]);
      assert.deepEqual(await broker.publish([]), []);
    });

    it('hands a consumer the messages of its kind as they were, and no others', async () => {
      const body = Buffer.from([0, 255, 10, 34, 0]);
      const large = Buffer.alloc(300_000, 7);
      await broker.publish([{ kind: 'apple', body }, { kind: 'apple', body: large }, ...messagesOf('pear', 'other')]);
      const inbox = await consumeInto(broker, 'apple', 10, ack);
      await eventually(() => assert.equal(inbox.deliveries.length, 2));
      assert.deepEqual(inbox.deliveries[0]?.body, body);
      assert.ok(inbox.deliveries[1]?.body.equals(large));
      assert.ok(inbox.deliveries.every(delivery => delivery.kind === 'apple'));
      await inbox.stop();
      await assertReady('pear', 1);
    });

    it('keeps messages for a consumer that comes later', async () => {
      await broker.publish(messagesOf('apple', 'a', 'b'));
      const inbox = await consumeInto(broker, 'apple', 10, ack);
      await eventually(() => assert.deepEqual(inbox.texts(), ['a', 'b']));
    });

    it('hands out no more than the prefetch until something is acknowledged', async () => {
      await broker.publish(messagesOf('apple', ...numbered(10)));
      const inbox = await consumeInto(broker, 'apple', 3);
      await eventually(() => assert.equal(inbox.deliveries.length, 3));
      await eventually(() => assertReady('apple', 7));
      assert.equal(inbox.deliveries.length, 3);
      inbox.deliveries[1]?.ack();
      await eventually(() => assert.equal(inbox.deliveries.length, 4));
      await eventually(() => assertReady('apple', 6));
      assert.equal(inbox.deliveries.length, 4);
    });

    it('counts a rejected message as settled, too', async () => {
      await broker.publish(messagesOf('apple', 'a', 'b'));
      const inbox = await consumeInto(broker, 'apple', 1);
      await eventually(() => assert.equal(inbox.deliveries.length, 1));
      inbox.deliveries[0]?.reject();
      await eventually(() => assert.deepEqual(inbox.texts(), ['a', 'b']));
    });

    it('delivers again what a stopped consumer held without an ack', async () => {
      await broker.publish(messagesOf('apple', 'a', 'b', 'c'));
      const first = await consumeInto(broker, 'apple', 3);
      await eventually(() => assert.equal(first.deliveries.length, 3));
      first.deliveries[1]?.ack();
      await first.stop();
      const second = await consumeInto(broker, 'apple', 3, ack);
      await eventually(() => assert.deepEqual(second.texts().sort(), ['a', 'c']));
    });

    it('loses no ack that was given before the stop: of 2,000 messages none comes back', async () => {
      await broker.publish(messagesOf('apple', ...numbered(2_000)));
      const first = await consumeInto(broker, 'apple', 2_000);
      await eventually(() => assert.equal(first.deliveries.length, 2_000));
      for (const delivery of first.deliveries) delivery.ack();
      await first.stop();
      const second = await consumeInto(broker, 'apple', 100, ack);
      await broker.publish(messagesOf('apple', 'last'));
      await eventually(() => assert.ok(second.texts().includes('last')));
      await second.stop();
      assert.deepEqual(second.texts(), ['last']);
      await assertReady('apple', 0);
    });

    it('delivers nothing once the stop has resolved', async () => {
      await broker.publish(messagesOf('apple', ...numbered(500)));
      const first = await consumeInto(broker, 'apple', 10, ack);
      await eventually(() => assert.ok(first.deliveries.length >= 10));
      await first.stop();
      const taken = first.deliveries.length;
      const second = await consumeInto(broker, 'apple', 50, ack);
      // What was on its way when the consumer stopped may stay away for as long as a lease.
      await eventually(() => assert.ok(taken + second.deliveries.length >= 500), { timeoutMs: 30_000 });
      assert.equal(first.deliveries.length, taken);
    });

    it('takes an ack that comes after the stop for nothing', async () => {
      await broker.publish(messagesOf('apple', 'a'));
      const first = await consumeInto(broker, 'apple', 1);
      await eventually(() => assert.equal(first.deliveries.length, 1));
      await first.stop();
      first.deliveries[0]?.ack();
      first.deliveries[0]?.reject();
      const second = await consumeInto(broker, 'apple', 1, ack);
      await eventually(() => assert.deepEqual(second.texts(), ['a']));
    });

    it('stops a consumer twice without harm', async () => {
      const inbox = await consumeInto(broker, 'apple', 1);
      await Promise.all([inbox.stop(), inbox.stop()]);
      await inbox.stop();
    });

    it('shares a queue among its consumers, each message to one of them', async () => {
      const inboxes = [await consumeInto(broker, 'apple', 1, ack), await consumeInto(broker, 'apple', 1, ack)];
      await broker.publish(messagesOf('apple', ...numbered(200)));
      const all = () => inboxes.flatMap(inbox => inbox.texts());
      await eventually(() => assert.equal(all().length, 200));
      assert.deepEqual(new Set(all()), new Set(numbered(200)));
      for (const inbox of inboxes) assert.ok(inbox.deliveries.length > 0, 'one consumer got nothing');
    });

    it('takes a burst of 5,000 messages and delivers each once', async () => {
      const inbox = await consumeInto(broker, 'apple', 100, ack);
      const confirmed = await broker.publish(messagesOf('apple', ...numbered(5_000)));
      assert.ok(confirmed.every(Boolean));
      await eventually(() => assert.equal(inbox.deliveries.length, 5_000), { timeoutMs: 30_000 });
      assert.equal(new Set(inbox.texts()).size, 5_000);
      await inbox.stop();
      await assertReady('apple', 0);
    });

    it('tells how many messages and consumers a queue has, or leaves the kind out', async () => {
      if (rig.depth !== undefined) return assert.deepEqual(await broker.depth(kinds), new Map());
      await broker.publish(messagesOf('apple', ...numbered(5)));
      await eventually(async () =>
        assert.deepEqual(
          await broker.depth(kinds),
          new Map([
            ['apple', { ready: 5, consumers: 0 }],
            ['pear', { ready: 0, consumers: 0 }],
          ]),
        ),
      );
      const inbox = await consumeInto(broker, 'apple', 2);
      await eventually(async () =>
        assert.deepEqual((await broker.depth(['apple'])).get('apple'), { ready: 3, consumers: 1 }),
      );
      await inbox.stop();
      await eventually(async () =>
        assert.deepEqual((await broker.depth(['apple'])).get('apple'), { ready: 5, consumers: 0 }),
      );
    });

    it('keeps a rejected message among the dead letters, by its kind, until it is drained', async () => {
      await broker.publish([...messagesOf('apple', 'rotten'), ...messagesOf('pear', 'wormy')]);
      const reject = (delivery: Delivery) => delivery.reject();
      await consumeInto(broker, 'apple', 1, reject);
      await consumeInto(broker, 'pear', 1, reject);
      const letters: string[] = [];
      await eventually(async () => {
        await broker.drainDead(10, async ({ kind, body, reason }) => {
          letters.push(`${kind} ${body.toString()} ${reason}`);
        });
        assert.deepEqual(letters.toSorted(), ['apple rotten rejected', 'pear wormy rejected']);
      });
      assert.equal(await broker.drainDead(10, async () => assert.fail('drained twice')), 0);
    });

    it('drains no more dead letters than it was asked to', async () => {
      await broker.publish(messagesOf('apple', 'a', 'b', 'c'));
      await consumeInto(broker, 'apple', 3, delivery => delivery.reject());
      let drained = 0;
      await eventually(async () => {
        drained += await broker.drainDead(2, async () => {});
        assert.ok(drained >= 2);
      });
      await eventually(async () => {
        const more = await broker.drainDead(2, async () => {});
        assert.ok(more <= 2);
        drained += more;
        assert.equal(drained, 3);
      });
    });

    it('keeps a dead letter whose taker failed for the next drain', async () => {
      await broker.publish(messagesOf('apple', 'a'));
      await consumeInto(broker, 'apple', 1, delivery => delivery.reject());
      const failing = () => broker.drainDead(10, () => Promise.reject(new Error('the database is away')));
      await eventually(() => assert.rejects(failing(), /the database is away/));
      await assert.rejects(failing(), /the database is away/);
      const letters: string[] = [];
      assert.equal(await broker.drainDead(10, async ({ body }) => void letters.push(body.toString())), 1);
      assert.deepEqual(letters, ['a']);
    });

    it('answers a check while it is up', async () => {
      assert.equal(broker.state, 'up');
      await broker.check();
    });

    it('closes in order: acks count, held messages stay, nothing more is taken', async () => {
      await broker.publish(messagesOf('apple', ...numbered(20)));
      const inbox = await consumeInto(broker, 'apple', 10);
      await eventually(() => assert.equal(inbox.deliveries.length, 10));
      for (const delivery of inbox.deliveries.slice(0, 5)) delivery.ack();
      await broker.close();
      assert.equal(broker.state, 'closed');
      assert.deepEqual(await broker.publish(messagesOf('apple', 'late')), [false]);
      await assert.rejects(broker.check());
      for (const delivery of inbox.deliveries) delivery.ack();
      await inbox.stop();
      await broker.close();
    });
  });
}
