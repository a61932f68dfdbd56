import assert from 'node:assert/strict';
import { MemoryBroker } from '../../shared/broker/memory.ts';
import { eventually } from '../support/eventually.ts';
import { ack, consumeInto, deliveryLimit, describeBroker, messagesOf } from './conformance.ts';

describeBroker('memory', async () => {
  const broker = new MemoryBroker({ deliveryLimit });
  return { broker, stop: () => broker.close() };
});

describe('memory brokers beside one another', () => {
  it('share their queues, and give back what one held when it closes', async () => {
    const first = new MemoryBroker();
    const second = new MemoryBroker({ beside: first });
    const inbox = await consumeInto(first, 'apple', 1);
    await second.publish(messagesOf('apple', 'a', 'b'));
    await eventually(() => assert.deepEqual(inbox.texts(), ['a']));
    await first.close();
    const rest = await consumeInto(second, 'apple', 1, ack);
    await eventually(() => assert.deepEqual(rest.texts(), ['a', 'b']));
    await second.close();
  });

  it('tell once that a queue is new, and not of the other', async () => {
    const created: string[] = [];
    const first = new MemoryBroker({ onQueueCreated: kind => created.push(`first ${kind}`) });
    const second = new MemoryBroker({ onQueueCreated: kind => created.push(`second ${kind}`), beside: first });
    await second.publish(messagesOf('apple', 'a'));
    await consumeInto(second, 'apple', 1);
    await consumeInto(first, 'apple', 1);
    await consumeInto(first, 'apple', 1);
    assert.deepEqual(created, ['first apple']);
    await Promise.all([first.close(), second.close()]);
  });
});
