import { randomUUID } from 'node:crypto';
import type { protos } from '@google-cloud/pubsub';

type Topic = protos.google.pubsub.v1.ITopic;
type SubscriptionSettings = protos.google.pubsub.v1.ISubscription;
type Message = protos.google.pubsub.v1.IPubsubMessage;
type ReceivedMessage = protos.google.pubsub.v1.IReceivedMessage;
type Duration = protos.google.protobuf.IDuration;

/** gRPC's numbers for what the books refuse. */
export const status = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  unavailable: 14,
} as const;

/** What a call is answered with when it is refused. */
export class Refusal extends Error {
  readonly code: number;
  readonly details: string;

  constructor(code: number, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

/** Who holds messages: a stream of deliveries, or a pull that has been answered. */
export interface Holder {
  held: number;
}

interface Entry {
  message: Message;
  /** Its place in the line, which it keeps when it comes back. */
  place: number;
  deliveries: number;
  dueMs: number;
}

interface Lease {
  entry: Entry;
  holder: Holder;
  deadlineMs: number;
}

interface Book {
  settings: SubscriptionSettings;
  ready: Entry[];
  leases: Map<string, Lease>;
}

/** What a subscription whose topic was deleted says of it. */
const deletedTopic = '_deleted-topic_';
const namePattern = /^projects\/[^/]+\/(topics|subscriptions)\/(?!goog)[A-Za-z][\w.~+%-]{2,254}$/;
const maxMessagesPerPublish = 1_000;
const maxBytesPerPublish = 10_000_000;

/**
 * What a Pub/Sub server remembers: topics, subscriptions, messages and who holds them until when, by the rules of
 * https://docs.cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1, limits included.
 */
export class PubsubBooks {
  /** A message that is handed out comes back this soon unless its receiver sets a deadline of its own. Null: as the subscription says. */
  firstDeadlineMs: number | null = null;
  /** Hands every message out a second time. */
  duplicates = false;
  readonly #topics = new Map<string, Topic>();
  readonly #books = new Map<string, Book>();
  #places = 0;

  createTopic(topic: Topic): Topic {
    const name = checkName(topic.name);
    if (this.#topics.has(name)) throw new Refusal(status.alreadyExists, `Topic already exists: ${name}`);
    this.#topics.set(name, topic);
    return topic;
  }

  topic(name: string): Topic {
    return found(this.#topics.get(name), name);
  }

  deleteTopic(name: string): void {
    this.topic(name);
    this.#topics.delete(name);
    for (const { settings } of this.#books.values()) if (settings.topic === name) settings.topic = deletedTopic;
  }

  createSubscription(settings: SubscriptionSettings): SubscriptionSettings {
    const name = checkName(settings.name);
    if (this.#books.has(name)) throw new Refusal(status.alreadyExists, `Subscription already exists: ${name}`);
    this.topic(settings.topic ?? '');
    settings.ackDeadlineSeconds ||= 10;
    checkRange('ack_deadline_seconds', settings.ackDeadlineSeconds, 10, 600);
    const { deadLetterPolicy } = settings;
    if (deadLetterPolicy) {
      this.topic(deadLetterPolicy.deadLetterTopic ?? '');
      checkRange('max_delivery_attempts', (deadLetterPolicy.maxDeliveryAttempts ||= 5), 5, 100);
    }
    this.#books.set(name, { settings, ready: [], leases: new Map() });
    return settings;
  }

  subscription(name: string): SubscriptionSettings {
    return this.#book(name).settings;
  }

  deleteSubscription(name: string): void {
    this.#book(name);
    this.#books.delete(name);
  }

  publish(topic: string, messages: readonly Message[]): string[] {
    this.topic(topic);
    checkRange('messages', messages.length, 1, maxMessagesPerPublish);
    const bytes = messages.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    checkRange('the size of the request', bytes, 0, maxBytesPerPublish);
    const publishTime = { seconds: Math.floor(Date.now() / 1_000), nanos: 0 };
    return messages.map(sent => {
      if (!sent.data?.length && Object.keys(sent.attributes ?? {}).length === 0)
        throw new Refusal(status.invalidArgument, 'A message needs data or an attribute.');
      const messageId = String((this.#places += 1));
      const message = { ...sent, messageId, publishTime };
      for (const book of this.#books.values())
        if (book.settings.topic === topic) book.ready.push({ message, place: this.#places, deliveries: 0, dueMs: 0 });
      return messageId;
    });
  }

  /** Hands out up to `limit` messages, each on a lease of the subscription's length. */
  take(name: string, limit: number, holder: Holder): ReceivedMessage[] {
    const book = this.#books.get(name);
    if (!book) return [];
    const { ackDeadlineSeconds, deadLetterPolicy } = book.settings;
    const nowMs = Date.now();
    const deadlineMs = nowMs + (this.firstDeadlineMs ?? (ackDeadlineSeconds as number) * 1_000);
    const received: ReceivedMessage[] = [];
    const left: Entry[] = [];
    for (const entry of book.ready) {
      if (received.length >= limit || entry.dueMs > nowMs) left.push(entry);
      else if (entry.deliveries >= (deadLetterPolicy?.maxDeliveryAttempts ?? Infinity)) this.#bury(book, entry);
      else {
        entry.deliveries += 1;
        const ackId = randomUUID();
        book.leases.set(ackId, { entry, holder, deadlineMs });
        holder.held += 1;
        received.push({ ackId, message: entry.message, deliveryAttempt: deadLetterPolicy ? entry.deliveries : 0 });
        if (this.duplicates && entry.deliveries === 1) left.push({ ...entry });
      }
    }
    book.ready = left;
    return received;
  }

  /** Ids that are not known, or no longer, are ignored. */
  acknowledge(name: string, ackIds: readonly string[]): void {
    const book = this.#book(name);
    for (const ackId of ackIds) this.#release(book, ackId);
  }

  /** Zero seconds give the message back. */
  modifyDeadline(name: string, ackIds: readonly string[], seconds: number): void {
    checkRange('ack_deadline_seconds', seconds, 0, 600);
    const book = this.#book(name);
    for (const ackId of ackIds) {
      const lease = book.leases.get(ackId);
      if (seconds === 0) this.#giveBack(book, ackId);
      else if (lease) lease.deadlineMs = Date.now() + seconds * 1_000;
    }
  }

  /** Takes back what was held past its deadline; with `all`, whatever is held. */
  expire({ all = false } = {}): void {
    for (const book of this.#books.values())
      for (const [ackId, { deadlineMs }] of book.leases)
        if (all || deadlineMs <= Date.now()) this.#giveBack(book, ackId);
  }

  /** Messages that wait, and those that somebody holds. Zeros for a subscription that isn't there. */
  depth(name: string): { ready: number; held: number } {
    const book = this.#books.get(name);
    return { ready: book?.ready.length ?? 0, held: book?.leases.size ?? 0 };
  }

  #book(name: string): Book {
    return found(this.#books.get(name), name);
  }

  #release(book: Book, ackId: string): Entry | undefined {
    const lease = book.leases.get(ackId);
    if (!lease) return undefined;
    book.leases.delete(ackId);
    lease.holder.held -= 1;
    return lease.entry;
  }

  #giveBack(book: Book, ackId: string): void {
    const entry = this.#release(book, ackId);
    if (!entry) return;
    const { retryPolicy } = book.settings;
    const backoffMs = retryPolicy
      ? Math.min(
          inMs(retryPolicy.minimumBackoff, 10_000) * 2 ** (entry.deliveries - 1),
          inMs(retryPolicy.maximumBackoff, 600_000),
        )
      : 0;
    entry.dueMs = Date.now() + backoffMs;
    book.ready.push(entry);
    book.ready.sort((one, other) => one.place - other.place);
  }

  #bury(book: Book, { message, deliveries }: Entry): void {
    const attributes = {
      ...message.attributes,
      CloudPubSubDeadLetterSourceSubscription: (book.settings.name as string).split('/').at(-1) as string,
      CloudPubSubDeadLetterSourceDeliveryCount: String(deliveries),
    };
    this.publish(book.settings.deadLetterPolicy?.deadLetterTopic as string, [{ ...message, attributes }]);
  }
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Refusal(status.notFound, `Resource not found (resource=${name}).`);
  return value;
}

function checkName(name: string | null | undefined): string {
  if (!name || !namePattern.test(name)) throw new Refusal(status.invalidArgument, `Invalid resource name: ${name}`);
  return name;
}

function checkRange(field: string, value: number, min: number, max: number): void {
  if (value < min || value > max)
    throw new Refusal(status.invalidArgument, `Invalid ${field}: ${value} is not within ${min} and ${max}.`);
}

function inMs(duration: Duration | null | undefined, fallbackMs: number): number {
  return duration ? Number(duration.seconds ?? 0) * 1_000 + (duration.nanos ?? 0) / 1e6 : fallbackMs;
}
