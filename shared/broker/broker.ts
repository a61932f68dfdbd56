/** One nudge as the broker sees it. */
export interface OutgoingMessage {
  kind: string;
  body: Buffer;
  /** W3C Trace Context, when the message belongs to one request. */
  traceparent?: string;
}

export interface Delivery {
  kind: string;
  body: Buffer;
  /** Gives the message up for good. Harmless after the connection has gone: the broker then delivers it again. */
  ack(): void;
  /** Sends the message to the dead letters: nothing of ours can read it. */
  reject(): void;
}

export interface Consumer {
  /** No delivery arrives after this resolves; what was delivered and not acknowledged goes back to the queue. */
  stop(): Promise<void>;
}

export interface QueueDepth {
  /** Messages waiting at the broker, not counting those that consumers already hold. */
  ready: number;
  consumers: number;
}

export interface DeadLetter {
  kind: string;
  body: Buffer;
  reason: string;
}

export interface BrokerEvents {
  /** A queue did not exist and was made: whatever the rows believe to be in it is not. */
  onQueueCreated?: (kind: string) => void;
  onStateChange?: (state: BrokerState, why: string) => void;
}

/** `blocked`: connected, but the broker refuses to take more for now. */
export type BrokerState = 'connecting' | 'up' | 'blocked' | 'closed';

/**
 * What carries nudges from rows to workers. Delivery is at least once and in no order that anyone may rely on; losing
 * everything in it loses no job, since the rows hold the work and the relay publishes again.
 */
export interface Broker {
  readonly name: 'memory' | 'rabbitmq' | 'pubsub';
  readonly state: BrokerState;
  /** Whether the broker has stored each message. Never rejects: an unreachable broker answers false at once. */
  publish(messages: readonly OutgoingMessage[]): Promise<boolean[]>;
  /**
   * Hands messages of one kind to `onMessage`, at most `prefetch` unacknowledged at a time, for as long as it takes:
   * a lost connection is mended and the consumer put back.
   */
  consume(kind: string, options: { prefetch: number }, onMessage: (delivery: Delivery) => void): Promise<Consumer>;
  /** A kind that is left out has a depth that the broker can't tell: not a depth of zero. */
  depth(kinds: readonly string[]): Promise<Map<string, QueueDepth>>;
  /** Takes up to `limit` dead letters; each leaves the broker once `take` has resolved. Returns how many were taken. */
  drainDead(limit: number, take: (letter: DeadLetter) => Promise<void>): Promise<number>;
  /** Rejects with the reason when the broker can't be reached now. */
  check(): Promise<void>;
  close(): Promise<void>;
}
