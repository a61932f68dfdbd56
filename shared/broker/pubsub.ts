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
import { closePubsubClients, createPubsubClients, type PubsubClients } from './pubsub-clients.ts';
import { drainDeadLetters } from './pubsub-dead-letters.ts';
import { PubsubSubscriber } from './pubsub-subscriber.ts';
import { deadLetters, declareTopology, subscriptionPath, topicPath } from './pubsub-topology.ts';

export interface PubsubOptions extends BrokerEvents {
  projectId: string;
  kinds: readonly string[];
  /** `host:port` of an emulator; unset: Google's service, with the credentials that its library finds. */
  emulatorHost?: string | undefined;
  /** Deliveries before a message counts as dead, within Pub/Sub's range of 5 to 100. */
  deliveryLimit?: number;
  /** What has not been answered by then counts as not stored: the relay publishes it again. */
  answerTimeoutMs?: number;
}

interface WireMessage {
  data: Buffer;
  attributes: Record<string, string>;
}

const lookEveryMs = 5_000;
const firstRetryMs = 200;
const maxRetryMs = 2_000;
/** What fails over and over must not spend the project's quota on looks. */
const looksApartMs = 500;
/**
 * While a subscription is missing, its topic takes messages and drops them, and their rows are marked as queued up to 2 s
 * later. So a new subscription is told of twice.
 */
const toldAgainAfterMs = 5_000;
/** The most that one publish request may carry, and a little less than that. */
const maxMessagesPerRequest = 1_000;
const maxBytesPerRequest = 8_000_000;

/**
 * Google Pub/Sub behind the port: a topic and a subscription per kind, both called `jobs.<kind>`, and `jobs.dead`. Google's
 * client mends its streams and keeps the leases of what is held. Whether the server is there, and still has its
 * subscriptions, is found by looking: at one of them every few seconds, at all of them when something went wrong.
 */
export class PubsubBroker implements Broker {
  readonly name = 'pubsub';
  state: BrokerState = 'connecting';
  readonly #options: PubsubOptions;
  readonly #callOptions;
  readonly #subscribers = new Set<PubsubSubscriber>();
  readonly #storing = new Set<Promise<boolean>>();
  readonly #tellTimers = new Set<NodeJS.Timeout>();
  #why = 'not connected';
  #clients: PubsubClients | null = null;
  #looking = false;
  #suspected = false;
  #lookedMs = 0;
  #lookTimer: NodeJS.Timeout | undefined;
  #nextKind = 0;
  #retryMs = firstRetryMs;

  constructor(options: PubsubOptions) {
    this.#options = options;
    // The rows own retries, and the relay batches: a call is one request, once.
    this.#callOptions = { timeout: options.answerTimeoutMs ?? 2_000, retry: null, isBundling: false };
  }

  /** Resolves at once; the server is found, and found again ever after, in the background. */
  async open(): Promise<this> {
    this.#clients = await createPubsubClients(this.#options.projectId, this.#options.emulatorHost);
    this.#lookIn(0);
    return this;
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<boolean[]> {
    const confirmed = messages.map(() => false);
    const publishing = requestsOf(messages).map(async ({ kind, indexes }) => {
      const wire = indexes.map(index => wireMessage(messages[index] as OutgoingMessage));
      if (await this.#store(queueOf(kind), wire)) for (const index of indexes) confirmed[index] = true;
    });
    await Promise.all(publishing);
    return confirmed;
  }

  async consume(
    kind: string,
    options: { prefetch: number },
    onMessage: (delivery: Delivery) => void,
  ): Promise<Consumer> {
    const subscriber = new PubsubSubscriber({
      kind,
      prefetch: options.prefetch,
      onMessage,
      bury: ({ data, attributes }) =>
        this.#store(deadLetters, [{ data, attributes: { ...attributes, kind, reason: 'rejected' } }]),
      onTrouble: () => this.#suspect(),
      onEnd: cause => this.#doubt(cause),
    });
    this.#subscribers.add(subscriber);
    if (this.#clients && this.state === 'up') subscriber.open(this.#clients.pubsub);
    return {
      stop: () => {
        this.#subscribers.delete(subscriber);
        return subscriber.stop();
      },
    };
  }

  /** No kind's: the service tells it to Google's monitoring alone, minutes late. */
  async depth(): Promise<Map<string, QueueDepth>> {
    return new Map();
  }

  async drainDead(limit: number, take: (letter: DeadLetter) => Promise<void>): Promise<number> {
    if (!this.#clients || this.state !== 'up') return 0;
    return drainDeadLetters(this.#clients.subscriber, this.#deadSubscription, this.#callOptions, limit, take);
  }

  async check(): Promise<void> {
    if (!this.#clients || this.state !== 'up') throw new Error(`Pub/Sub is ${this.state}: ${this.#why}`);
    await this.#clients.subscriber.getSubscription({ subscription: this.#deadSubscription }, this.#callOptions);
  }

  async close(): Promise<void> {
    if (this.state === 'closed') return;
    await Promise.all([...this.#subscribers].map(subscriber => subscriber.stop()));
    await Promise.all(this.#storing);
    this.#enter('closed', 'closed');
    clearTimeout(this.#lookTimer);
    for (const timer of this.#tellTimers) clearTimeout(timer);
    if (this.#clients) await closePubsubClients(this.#clients);
  }

  get #deadSubscription(): string {
    return subscriptionPath(this.#options.projectId, deadLetters);
  }

  async #store(name: string, messages: WireMessage[]): Promise<boolean> {
    if (!this.#clients || this.state !== 'up') return false;
    const request = { topic: topicPath(this.#options.projectId, name), messages };
    const storing = this.#clients.publisher.publish(request, this.#callOptions).then(
      () => true,
      (cause: unknown) => {
        this.#doubt(cause);
        return false;
      },
    );
    this.#storing.add(storing);
    try {
      return await storing;
    } finally {
      this.#storing.delete(storing);
    }
  }

  async #look(): Promise<void> {
    if (this.#looking || !this.#clients) return;
    this.#looking = true;
    const { projectId, kinds, deliveryLimit = 20 } = this.#options;
    const all = this.#suspected || this.state !== 'up';
    this.#suspected = false;
    this.#nextKind = (this.#nextKind + 1) % kinds.length;
    const inView = all ? kinds : kinds.slice(this.#nextKind, this.#nextKind + 1);
    try {
      const topology = { projectId, deliveryLimit, callOptions: this.#callOptions };
      await declareTopology(this.#clients, topology, inView, kind => this.#tell(kind));
      for (const subscriber of this.#subscribers) subscriber.open(this.#clients.pubsub);
      this.#enter('up', 'connected');
      this.#retryMs = firstRetryMs;
    } catch (cause) {
      this.#enter('connecting', textOf(cause));
      this.#retryMs = Math.min(maxRetryMs, this.#retryMs * 2);
    } finally {
      this.#looking = false;
      this.#lookedMs = performance.now();
      if (this.#suspected) this.#suspect();
      else this.#lookIn(this.state === 'up' ? lookEveryMs : this.#retryMs);
    }
  }

  #lookIn(waitMs: number): void {
    clearTimeout(this.#lookTimer);
    if (this.state !== 'closed') this.#lookTimer = setTimeout(() => void this.#look(), waitMs).unref();
  }

  /** Something broke that may mean anything: everything is looked at. */
  #suspect(): void {
    this.#suspected = true;
    if (!this.#looking) this.#lookIn(Math.max(0, this.#lookedMs + looksApartMs - performance.now()));
  }

  /** The server refused what it must take: it counts as away until it has been looked at. */
  #doubt(cause: unknown): void {
    if (this.state === 'up') this.#enter('connecting', textOf(cause));
    this.#suspect();
  }

  #enter(state: BrokerState, why: string): void {
    // The same trouble in other words is no news: "14 UNAVAILABLE: …".
    const [trouble] = why.split(':');
    if (this.state === 'closed' || (this.state === state && (state === 'up' || this.#why.startsWith(`${trouble}`))))
      return;
    this.state = state;
    this.#why = why;
    this.#options.onStateChange?.(state, why);
  }

  #tell(kind: string): void {
    if (this.state === 'closed') return;
    this.#options.onQueueCreated?.(kind);
    const timer = setTimeout(() => {
      this.#tellTimers.delete(timer);
      this.#options.onQueueCreated?.(kind);
    }, toldAgainAfterMs).unref();
    this.#tellTimers.add(timer);
  }
}

function wireMessage({ kind, body, traceparent }: OutgoingMessage): WireMessage {
  return { data: body, attributes: { kind, ...(traceparent !== undefined && { traceparent }) } };
}

/** Messages by kind, in requests that are not too large, as places in the list. */
function requestsOf(messages: readonly OutgoingMessage[]): { kind: string; indexes: number[] }[] {
  const requests: { kind: string; indexes: number[]; bytes: number }[] = [];
  const open = new Map<string, (typeof requests)[number]>();
  for (const [index, { kind, body }] of messages.entries()) {
    let request = open.get(kind);
    if (
      !request ||
      request.indexes.length === maxMessagesPerRequest ||
      request.bytes + body.length > maxBytesPerRequest
    ) {
      request = { kind, indexes: [], bytes: 0 };
      requests.push(request);
      open.set(kind, request);
    }
    request.indexes.push(index);
    request.bytes += body.length;
  }
  return requests;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
