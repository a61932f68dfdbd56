import { setTimeout as delay } from 'node:timers/promises';
import { Duration, type Message, type PubSub, type Subscription } from '@google-cloud/pubsub';
import { queueOf } from '../job.ts';
import type { Delivery } from './broker.ts';
import { status } from './pubsub-clients.ts';

export interface PubsubSubscriberOptions {
  kind: string;
  prefetch: number;
  onMessage: (delivery: Delivery) => void;
  /** Stores a copy of a rejected message among the dead letters; false if that could not be done now. */
  bury: (message: Message) => Promise<boolean>;
  /** Something went wrong that the client mends by itself; it may mean more. */
  onTrouble: () => void;
  /** The stream has ended, for instance because its subscription is gone; `open` makes a new one. */
  onEnd: (cause: Error) => void;
}

const seconds = (count: number): Duration => Duration.from({ seconds: count });

/**
 * A lease on what is held, extended by the client: the least there is. Left to itself the client goes up to ten minutes,
 * and that long a dead worker's messages would stay away.
 */
const lease = seconds(10);
const closeTimeout = seconds(3);
const rejectAgainMs = 1_000;

/** Acks and leases are worth repeating; the client's own pauses between attempts would grow to a minute. */
const ackCallOptions = {
  retry: {
    retryCodes: [status.deadlineExceeded, status.unavailable],
    backoffSettings: {
      initialRetryDelayMillis: 100,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 2_000,
      initialRpcTimeoutMillis: 2_000,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: 2_000,
      totalTimeoutMillis: 60_000,
    },
  },
};

/** One consumer of one kind's subscription, over as many streams, one at a time, as its life takes. */
export class PubsubSubscriber {
  readonly #options: PubsubSubscriberOptions;
  readonly #rejecting = new Set<Promise<void>>();
  #stream: Subscription | null = null;
  #stopped = false;

  constructor(options: PubsubSubscriberOptions) {
    this.#options = options;
  }

  /** Does nothing while there is a stream, which the client mends, or after the stop. */
  open(pubsub: PubSub): void {
    if (this.#stream || this.#stopped) return;
    const { kind, prefetch, onMessage, onTrouble, onEnd } = this.#options;
    const stream = pubsub.subscription(queueOf(kind), {
      flowControl: { maxMessages: prefetch, allowExcessMessages: false },
      // Acks leave together. A place of the prefetch is free once they are answered.
      batching: { maxMilliseconds: 5, callOptions: ackCallOptions },
      // Each of several streams would have the whole prefetch.
      streamingOptions: { maxStreams: 1, retryMaxBackoff: seconds(2) },
      minAckDeadline: lease,
      maxAckDeadline: lease,
      closeOptions: { behavior: 'NACK', timeout: closeTimeout },
    });
    this.#stream = stream;
    stream.on('debug', onTrouble);
    stream.on('error', (cause: Error) => {
      if (this.#stream !== stream) return;
      this.#stream = null;
      void stream.close().catch(() => {});
      onEnd(cause);
    });
    stream.on('message', (message: Message) => {
      if (this.#stream === stream) onMessage(this.#delivery(stream, message));
    });
  }

  /** Sends the acks that are under way and gives back what else is held; nothing is delivered any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const stream = this.#stream;
    this.#stream = null;
    await Promise.all(this.#rejecting);
    await stream?.close();
  }

  #delivery(stream: Subscription, message: Message): Delivery {
    let settled = false;
    /** A message is settled once, and only while it is held: what went back may be in other hands. */
    const settle = (how: () => void) => () => {
      if (!settled && this.#stream === stream) how();
      settled = true;
    };
    return {
      kind: this.#options.kind,
      body: message.data,
      ack: settle(() => message.ack()),
      reject: settle(() => {
        const rejecting = this.#reject(stream, message).finally(() => this.#rejecting.delete(rejecting));
        this.#rejecting.add(rejecting);
      }),
    };
  }

  /**
   * Pub/Sub has no reject: a copy goes to the dead letters, and then the original is given up. A crash between the two
   * makes a second dead letter, which counts against a job that travels alone; the other order would lose the message. Until the copy is stored the
   * message stays held: given back, it would come again at once.
   */
  async #reject(stream: Subscription, message: Message): Promise<void> {
    while (!(await this.#options.bury(message))) {
      if (this.#stream !== stream) return;
      await delay(rejectAgainMs, undefined, { ref: false });
    }
    message.ack();
  }
}
