import { setTimeout as delay } from 'node:timers/promises';
import { connect, type Channel, type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { queueOf } from '../job.ts';
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
import { deadQueue, declareTopology, exchange } from './rabbitmq-topology.ts';

export interface RabbitmqOptions extends BrokerEvents {
  url: string;
  kinds: readonly string[];
  /** Shown in the broker's connection list. */
  connectionName: string;
  /** Returns to a queue before a message counts as dead. Restarts of a worker with prefetched messages count too. */
  deliveryLimit?: number;
  heartbeatS?: number;
}

interface Subscription {
  kind: string;
  prefetch: number;
  onMessage: (delivery: Delivery) => void;
  channel: Channel | null;
  tag: string | null;
}

/** A healthy quorum queue confirms within milliseconds; what is not confirmed by then, the relay publishes again. */
const confirmTimeoutMs = 15_000;
/** A connection is given up after two to three beats of silence, and work is to flow again within 15 s. */
const heartbeatS = 4;
const closeTimeoutMs = 3_000;
const firstReconnectMs = 200;
const maxReconnectMs = 5_000;

/**
 * RabbitMQ behind the port: quorum queues, publisher confirms, `mandatory` with its returns, dead letters at least once.
 * amqplib brings the connection back; channels do not come back, so everything that lives on one is made in `#setUp`.
 */
export class RabbitmqBroker implements Broker {
  readonly name = 'rabbitmq';
  state: BrokerState = 'connecting';
  readonly #options: RabbitmqOptions;
  readonly #subscriptions = new Set<Subscription>();
  readonly #returned = new Set<string>();
  #connection: { close(): Promise<void> } | null = null;
  #model: ChannelModel | null = null;
  #publisher: ConfirmChannel | null = null;
  #inspector: Channel | null = null;
  #sequence = 0;
  readonly #awaiting = new Map<string, { resolve: (confirmed: boolean) => void; sentMs: number }>();
  #silenceTimer: NodeJS.Timeout | undefined;

  constructor(options: RabbitmqOptions) {
    this.#options = options;
  }

  /** Resolves at once; the connection is made, and mended ever after, in the background. */
  async open(): Promise<this> {
    const connection = await connect(withHeartbeat(this.#options.url, this.#options.heartbeatS ?? heartbeatS), {
      timeout: 10_000,
      noDelay: true,
      clientProperties: { connection_name: this.#options.connectionName },
      recovery: {
        initialDelay: firstReconnectMs,
        maxDelay: maxReconnectMs,
        waitForConnect: false,
        setup: (model: ChannelModel) => this.#setUp(model),
      },
    });
    this.#connection = connection;
    this.#silenceTimer = setInterval(() => this.#giveUpSilent(), confirmTimeoutMs / 3).unref();
    connection.on('disconnect', cause => this.#down(String(cause)));
    connection.on('connect-failed', cause => this.#down(String(cause)));
    connection.on('blocked', reason => this.#enter('blocked', reason));
    connection.on('unblocked', () => this.#enter('up', 'unblocked'));
    connection.on('error', () => {}); // the 'disconnect' that follows says the same
    return this;
  }

  /** Resolves when connected, or rejects after `timeoutMs`. */
  async ready(timeoutMs: number): Promise<this> {
    const deadline = Date.now() + timeoutMs;
    while (this.state === 'connecting') {
      if (Date.now() > deadline) throw new Error(`RabbitMQ could not be reached within ${timeoutMs} ms`);
      await delay(20);
    }
    return this;
  }

  publish(messages: readonly OutgoingMessage[]): Promise<boolean[]> {
    return Promise.all(messages.map(message => this.#publishOne(message)));
  }

  async consume(
    kind: string,
    options: { prefetch: number },
    onMessage: (delivery: Delivery) => void,
  ): Promise<Consumer> {
    const subscription: Subscription = { kind, prefetch: options.prefetch, onMessage, channel: null, tag: null };
    this.#subscriptions.add(subscription);
    if (this.#model) await this.#subscribe(this.#model, subscription).catch(cause => this.#breakConnection(cause));
    return {
      stop: async () => {
        this.#subscriptions.delete(subscription);
        const { channel, tag } = subscription;
        if (!channel || !tag) return;
        // The cancel's answer is the round trip that makes the broker see every earlier ack: closing right after acks loses some.
        const closed = channel.cancel(tag).then(() => channel.close());
        await inTime(closed.catch(() => {}));
      },
    };
  }

  async depth(kinds: readonly string[]): Promise<Map<string, QueueDepth>> {
    const inspector = this.#inspector;
    if (!inspector) throw new Error('RabbitMQ is not connected');
    const depths = new Map<string, QueueDepth>();
    for (const kind of kinds) {
      const { messageCount, consumerCount } = await inspector.checkQueue(queueOf(kind));
      depths.set(kind, { ready: messageCount, consumers: consumerCount });
    }
    return depths;
  }

  async drainDead(limit: number, take: (letter: DeadLetter) => Promise<void>): Promise<number> {
    const inspector = this.#inspector;
    if (!inspector) return 0;
    for (let taken = 0; taken < limit; taken += 1) {
      const message = await inspector.get(deadQueue, { noAck: false });
      if (!message) return taken;
      const death = (message.properties.headers as { 'x-death'?: { reason?: string }[] } | undefined)?.['x-death']?.[0];
      try {
        await take({ kind: message.fields.routingKey, body: message.content, reason: death?.reason ?? 'unknown' });
      } catch (error) {
        // Held without an ack, it would come back only when this connection ends.
        quietly(() => inspector.nack(message));
        throw error;
      }
      inspector.ack(message);
    }
    return limit;
  }

  async check(): Promise<void> {
    if (!this.#inspector) throw new Error('RabbitMQ is not connected');
    await this.#inspector.checkExchange(exchange);
  }

  async close(): Promise<void> {
    if (this.state === 'closed') return;
    clearInterval(this.#silenceTimer);
    const consumers = [...this.#subscriptions];
    await inTime(Promise.all(consumers.map(async ({ channel, tag }) => tag && channel?.cancel(tag).catch(() => {}))));
    this.#enter('closed', 'closed');
    this.#model = null;
    this.#publisher = null;
    this.#inspector = null;
    await inTime(this.#connection?.close().catch(() => {}));
  }

  async #setUp(model: ChannelModel): Promise<void> {
    // amqplib listens only once this is done: a connection that fails before would end the process.
    model.on('error', () => {});
    const created = await declareTopology(model, this.#options.kinds, this.#options.deliveryLimit ?? 20);
    const publisher = await model.createConfirmChannel();
    publisher.on('return', (message: { properties: { messageId?: string } }) => {
      if (message.properties.messageId) this.#returned.add(message.properties.messageId);
    });
    this.#guard(publisher);
    this.#inspector = await model.createChannel();
    this.#guard(this.#inspector);
    for (const subscription of this.#subscriptions) await this.#subscribe(model, subscription);
    this.#model = model;
    this.#publisher = publisher;
    this.#enter('up', 'connected');
    for (const kind of created) this.#options.onQueueCreated?.(kind);
  }

  async #subscribe(model: ChannelModel, subscription: Subscription): Promise<void> {
    const channel = await model.createChannel();
    this.#guard(channel);
    await channel.prefetch(subscription.prefetch);
    const { consumerTag } = await channel.consume(queueOf(subscription.kind), message => {
      if (!message)
        this.#breakConnection('the broker cancelled a consumer'); // its queue was deleted
      else if (this.#subscriptions.has(subscription))
        subscription.onMessage(this.#delivery(subscription.kind, channel, message));
    });
    // Stopped while it was being put back: what it was handed goes back to the queue.
    if (!this.#subscriptions.has(subscription)) return channel.close();
    subscription.channel = channel;
    subscription.tag = consumerTag;
  }

  #delivery(kind: string, channel: Channel, message: ConsumeMessage): Delivery {
    return {
      kind,
      body: message.content,
      ack: () => quietly(() => channel.ack(message)),
      reject: () => quietly(() => channel.nack(message, false, false)),
    };
  }

  #publishOne(message: OutgoingMessage): Promise<boolean> {
    const publisher = this.#publisher;
    if (!publisher || this.state !== 'up') return Promise.resolve(false);
    const messageId = String((this.#sequence += 1));
    return new Promise(resolve => {
      this.#awaiting.set(messageId, { resolve, sentMs: performance.now() });
      const settle = (confirmed: boolean) => {
        this.#awaiting.delete(messageId);
        resolve(confirmed);
      };
      try {
        publisher.publish(
          exchange,
          message.kind,
          message.body,
          {
            persistent: true,
            mandatory: true,
            messageId,
            type: message.kind,
            contentType: 'application/json',
            ...(message.traceparent ? { headers: { traceparent: message.traceparent } } : {}),
          },
          error => {
            // A message that no queue takes is returned first and *then* confirmed.
            const returned = this.#returned.delete(messageId);
            if (returned) this.#breakConnection(`no queue takes ${message.kind}`);
            settle(!error && !returned);
          },
        );
      } catch {
        settle(false);
      }
    });
  }

  /** A queue without a leader never confirms and never refuses: its publishers must not wait for ever. */
  #giveUpSilent(): void {
    const sentBeforeMs = performance.now() - confirmTimeoutMs;
    for (const [messageId, { resolve, sentMs }] of this.#awaiting) {
      if (sentMs > sentBeforeMs) return; // in the order sent
      this.#awaiting.delete(messageId);
      resolve(false);
    }
  }

  /** A channel that dies alone (a deleted queue, a consumer timeout) takes the connection with it: one way to recover. */
  #guard(channel: Channel): void {
    channel.on('error', cause => this.#breakConnection(cause));
  }

  #breakConnection(cause: unknown): void {
    const model = this.#model;
    if (!model) return;
    this.#down(String(cause));
    // amqplib's own close would wait for an answer. It hears of a socket that is destroyed with an error, and of no other.
    (model.connection as { stream?: { destroy(error: Error): void } }).stream?.destroy(new Error(String(cause)));
  }

  #down(why: string): void {
    this.#model = null;
    this.#publisher = null;
    this.#inspector = null;
    if (this.state !== 'closed') this.#enter('connecting', why);
  }

  #enter(state: BrokerState, why: string): void {
    if (this.state === state) return;
    this.state = state;
    this.#options.onStateChange?.(state, why);
  }
}

/** Waits for an answer of the broker, but not for ever, as amqplib would: whoever ends this process has no patience. */
async function inTime(answer: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([answer, delay(closeTimeoutMs, undefined, { ref: false })]);
}

/** Settles a message; on a dead channel that throws, and the broker has put the message back already. */
function quietly(settle: () => void): void {
  try {
    settle();
  } catch {}
}

/** amqplib takes the heartbeat from the address alone; without one a dead peer is noticed by nobody. */
function withHeartbeat(address: string, seconds: number): string {
  const url = new URL(address);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(seconds));
  return url.href;
}
