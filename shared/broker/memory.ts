import type { Broker, BrokerState, Consumer, DeadLetter, Delivery, OutgoingMessage, QueueDepth } from './broker.ts';

interface Subscription {
  prefetch: number;
  unacked: Set<OutgoingMessage>;
  stopped: boolean;
  onMessage: (delivery: Delivery) => void;
}

interface Queue {
  ready: OutgoingMessage[];
  subscriptions: Subscription[];
}

/**
 * A broker for one process. Its queues die with it and nothing is lost by that: rows hold the work and the relay
 * publishes what is due again. Processes that are started apart refuse it, since they could not hear one another.
 */
export class MemoryBroker implements Broker {
  readonly name = 'memory';
  state: BrokerState = 'up';
  readonly #queues = new Map<string, Queue>();
  readonly #dead: DeadLetter[] = [];

  async publish(messages: readonly OutgoingMessage[]): Promise<boolean[]> {
    const open = this.state === 'up';
    if (open) {
      for (const message of messages) this.#queue(message.kind).ready.push(message);
      for (const kind of new Set(messages.map(message => message.kind))) this.#schedule(kind);
    }
    return messages.map(() => open);
  }

  async consume(
    kind: string,
    options: { prefetch: number },
    onMessage: (delivery: Delivery) => void,
  ): Promise<Consumer> {
    const queue = this.#queue(kind);
    const subscription: Subscription = { prefetch: options.prefetch, unacked: new Set(), stopped: false, onMessage };
    queue.subscriptions.push(subscription);
    this.#schedule(kind);
    return {
      stop: async () => {
        subscription.stopped = true;
        queue.subscriptions = queue.subscriptions.filter(other => other !== subscription);
        queue.ready.unshift(...subscription.unacked);
        this.#schedule(kind);
      },
    };
  }

  async depth(kinds: readonly string[]): Promise<Map<string, QueueDepth>> {
    return new Map(
      kinds.map(kind => {
        const queue = this.#queue(kind);
        return [kind, { ready: queue.ready.length, consumers: queue.subscriptions.length }];
      }),
    );
  }

  async drainDead(limit: number, take: (letter: DeadLetter) => Promise<void>): Promise<number> {
    let taken = 0;
    for (let letter = this.#dead[0]; letter && taken < limit; letter = this.#dead[0]) {
      await take(letter);
      this.#dead.shift();
      taken += 1;
    }
    return taken;
  }

  async check(): Promise<void> {
    if (this.state !== 'up') throw new Error('the memory broker is closed');
  }

  async close(): Promise<void> {
    this.state = 'closed';
    for (const queue of this.#queues.values()) queue.subscriptions = [];
  }

  #queue(kind: string): Queue {
    let queue = this.#queues.get(kind);
    if (!queue) {
      queue = { ready: [], subscriptions: [] };
      this.#queues.set(kind, queue);
    }
    return queue;
  }

  /** Deliveries happen in a later turn, as a network's would: a publisher never runs a consumer's code in its own stack. */
  #schedule(kind: string): void {
    setImmediate(() => this.#deliver(kind));
  }

  #deliver(kind: string): void {
    const queue = this.#queue(kind);
    while (queue.ready.length > 0) {
      const subscription = queue.subscriptions.find(candidate => candidate.unacked.size < candidate.prefetch);
      if (!subscription) return;
      // Round robin: who was served goes to the end of the line.
      queue.subscriptions = [...queue.subscriptions.filter(other => other !== subscription), subscription];
      const message = queue.ready.shift() as OutgoingMessage;
      subscription.unacked.add(message);
      const settle = (): boolean => {
        const held = subscription.unacked.delete(message) && !subscription.stopped;
        if (held) this.#schedule(kind);
        return held;
      };
      subscription.onMessage({
        kind,
        body: message.body,
        ack: () => void settle(),
        reject: () => {
          if (settle()) this.#dead.push({ kind, body: message.body, reason: 'rejected' });
        },
      });
    }
  }
}
