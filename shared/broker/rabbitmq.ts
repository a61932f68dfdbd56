import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
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
import { inTime, RabbitmqConnection } from './rabbitmq-connection.ts';
import { nodesOf } from './rabbitmq-nodes.ts';
import { RabbitmqPublisher } from './rabbitmq-publisher.ts';
import { deadQueue, declareTopology, exchange } from './rabbitmq-topology.ts';

export interface RabbitmqOptions extends BrokerEvents {
  /** One address, or a cluster's: those of its nodes, separated by commas. */
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

/** A connection is given up after two to three beats of silence, and work is to flow again within 15 s. */
const heartbeatS = 4;
/** About what an election takes: a new channel that came too early would be refused as well. */
const renewAfterMs = 500;

/**
 * RabbitMQ behind the port: quorum queues, publisher confirms, `mandatory` with its returns, dead letters at least once.
 * The connection comes back, at another node of a cluster; channels do not, so all that lives on one is made in `#setUp`.
 */
export class RabbitmqBroker implements Broker {
  readonly name = 'rabbitmq';
  state: BrokerState = 'connecting';
  readonly #options: RabbitmqOptions;
  readonly #nodes: readonly string[];
  readonly #connection: RabbitmqConnection;
  readonly #subscriptions = new Set<Subscription>();
  #model: ChannelModel | null = null;
  #publisher: RabbitmqPublisher | null = null;
  #inspector: Channel | null = null;

  constructor(options: RabbitmqOptions) {
    this.#options = options;
    this.#nodes = nodesOf(options.url);
    this.#connection = new RabbitmqConnection({
      nodes: this.#nodes,
      name: options.connectionName,
      heartbeatS: options.heartbeatS ?? heartbeatS,
      setUp: (model, node) => this.#setUp(model, node),
      onLoss: why => this.#down(why),
      onBlocked: reason => this.#enter('blocked', reason),
      onUnblocked: () => this.#enter('up', 'unblocked'),
    });
  }

  /** Resolves at once; the connection is made, and mended ever after, in the background. */
  async open(): Promise<this> {
    this.#connection.open();
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

  async publish(messages: readonly OutgoingMessage[]): Promise<boolean[]> {
    const publisher = this.#publisher;
    if (!publisher || this.state !== 'up') return messages.map(() => false);
    return Promise.all(messages.map(message => publisher.publish(message)));
  }

  async consume(
    kind: string,
    options: { prefetch: number },
    onMessage: (delivery: Delivery) => void,
  ): Promise<Consumer> {
    const subscription: Subscription = { kind, prefetch: options.prefetch, onMessage, channel: null, tag: null };
    this.#subscriptions.add(subscription);
    const model = this.#model;
    if (model) await this.#subscribe(model, subscription).catch(cause => this.#connection.break(model, cause));
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
    const consumers = [...this.#subscriptions];
    await inTime(Promise.all(consumers.map(async ({ channel, tag }) => tag && channel?.cancel(tag).catch(() => {}))));
    this.#enter('closed', 'closed');
    this.#down('closed');
    await this.#connection.close();
  }

  async #setUp(model: ChannelModel, node: string): Promise<void> {
    const created = await declareTopology(model, this.#options.kinds, this.#options.deliveryLimit ?? 20);
    const channel = await this.#openConfirmChannel(model);
    const inspector = await model.createChannel();
    this.#guard(model, inspector);
    await Promise.all([...this.#subscriptions].map(subscription => this.#subscribe(model, subscription)));
    if (this.state === 'closed') return;
    this.#model = model;
    this.#inspector = inspector;
    this.#publisher = this.#publisherOn(model, channel);
    this.#enter('up', `connected to ${node}`);
    for (const kind of created) this.#options.onQueueCreated?.(kind);
  }

  async #openConfirmChannel(model: ChannelModel): Promise<ConfirmChannel> {
    const channel = await model.createConfirmChannel();
    this.#guard(model, channel);
    return channel;
  }

  #publisherOn(model: ChannelModel, channel: ConfirmChannel): RabbitmqPublisher {
    const publisher: RabbitmqPublisher = new RabbitmqPublisher(channel, {
      onUnroutable: kind => this.#connection.break(model, `no queue takes ${kind}`),
      onRefusal: () => void this.#renewPublisher(model, publisher).catch(cause => this.#connection.break(model, cause)),
      onSilence: () => this.#leaveSilent(model),
    });
    return publisher;
  }

  /**
   * A channel that first publishes to a queue whose leader has just died goes on asking the dead node, and refuses every
   * message until that is back (seen with RabbitMQ 3.10); a new channel asks the new leader.
   */
  async #renewPublisher(model: ChannelModel, refused: RabbitmqPublisher): Promise<void> {
    await delay(renewAfterMs, undefined, { ref: false });
    if (this.#publisher !== refused) return;
    const channel = await this.#openConfirmChannel(model);
    if (this.#publisher !== refused) return; // the connection was lost meanwhile
    this.#publisher = this.#publisherOn(model, channel);
    refused.end();
  }

  /** A node that is cut off from its cluster answers everything but publishes; another may do better, if not all are blocked. */
  #leaveSilent(model: ChannelModel): void {
    if (this.#nodes.length > 1 && this.state === 'up') this.#connection.break(model, 'it confirms nothing');
  }

  async #subscribe(model: ChannelModel, subscription: Subscription): Promise<void> {
    const channel = await model.createChannel();
    this.#guard(model, channel);
    await channel.prefetch(subscription.prefetch);
    const { consumerTag } = await channel.consume(queueOf(subscription.kind), message => {
      if (!message)
        this.#connection.break(model, 'the broker cancelled a consumer'); // its queue was deleted
      else if (this.#subscriptions.has(subscription))
        subscription.onMessage(this.#delivery(subscription.kind, channel, message));
    });
    // Stopped while it was being put back: what it was handed goes back to the queue.
    if (!this.#subscriptions.has(subscription)) return inTime(channel.close());
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

  /** A channel that dies alone (a deleted queue, a consumer timeout) takes the connection with it: one way to recover. */
  #guard(model: ChannelModel, channel: Channel): void {
    channel.on('error', cause => this.#connection.break(model, cause));
  }

  #down(why: string): void {
    this.#publisher?.end();
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

/** Settles a message; on a dead channel that throws, and the broker has put the message back already. */
function quietly(settle: () => void): void {
  try {
    settle();
  } catch {}
}
