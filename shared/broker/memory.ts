import type {
  Broker,
  BrokerEvents,
  BrokerState,
  Consumer,
  DeadLetter,
  Delivery,
  OutgoingMessage,
  QueueDepth,
} from './broker.ts';

export interface MemoryOptions extends BrokerEvents {
  /** Returns to a queue before a message counts as dead. */
  deliveryLimit?: number;
  /** Shares the queues of this one, as a second connection to the same broker; to it they are not new. */
  beside?: MemoryBroker;
}

interface Message {
  body: Buffer;
  returns: number;
}

interface Subscription {
  prefetch: number;
  unacked: Set<Message>;
  onMessage: (delivery: Delivery) => void;
}

interface Queue {
  ready: Message[];
  subscriptions: Subscription[];
}

/**
 * A broker for one process. Its queues die with it and nothing is lost by that: rows hold the work, and who first
 * consumes from one is told that it is new. Processes that are started apart refuse it, since they could not hear one another.
 */
export class MemoryBroker implements Broker {
  readonly name = 'memory';
  state: BrokerState = 'up';
  readonly #options: MemoryOptions;
  readonly #queues: Map<string, Queue>;
  readonly #dead: DeadLetter[];
  readonly #consumers = new Set<Consumer>();
  readonly #told = new Set<string>();

  constructor(options: MemoryOptions = {}) {
    this.#options = options;
    const { beside } = options;
    this.#queues = beside ? beside.#queues : new Map();
    this.#dead = beside ? beside.#dead : [];
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<boolean[]> {
    const open = this.state === 'up';
    if (open) {
      for (const { kind, body } of messages) this.#queue(kind).ready.push({ body, returns: 0 });
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
    if (!this.#options.beside && !this.#told.has(kind)) this.#options.onQueueCreated?.(kind);
    this.#told.add(kind);
    const subscription: Subscription = { prefetch: options.prefetch, unacked: new Set(), onMessage };
    queue.subscriptions.push(subscription);
    this.#schedule(kind);
    const consumer = {
      stop: async () => {
        this.#consumers.delete(consumer);
        queue.subscriptions = queue.subscriptions.filter(other => other !== subscription);
        this.#giveBack(kind, [...subscription.unacked]);
        // Whoever settles one of them now comes too late.
        subscription.unacked.clear();
      },
    };
    this.#consumers.add(consumer);
    return consumer;
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
    await Promise.all([...this.#consumers].map(consumer => consumer.stop()));
  }

  #queue(kind: string): Queue {
    let queue = this.#queues.get(kind);
    if (!queue) {
      queue = { ready: [], subscriptions: [] };
      this.#queues.set(kind, queue);
    }
    return queue;
  }

  /** To the head of the queue, but for what has come back too often. */
  #giveBack(kind: string, messages: readonly Message[]): void {
    const { deliveryLimit = 20 } = this.#options;
    for (const message of messages.toReversed()) {
      message.returns += 1;
      if (message.returns <= deliveryLimit) this.#queue(kind).ready.unshift(message);
      else this.#dead.push({ kind, body: message.body, reason: 'delivery_limit' });
    }
    this.#schedule(kind);
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
      const message = queue.ready.shift() as Message;
      subscription.unacked.add(message);
      const settle = (): boolean => {
        const held = subscription.unacked.delete(message);
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
