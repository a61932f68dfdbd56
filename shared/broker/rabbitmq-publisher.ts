import type { ConfirmChannel } from 'amqplib';
import type { OutgoingMessage } from './broker.ts';
import { exchange } from './rabbitmq-topology.ts';

export interface RabbitmqPublisherEvents {
  /** No queue takes messages of this kind: it was deleted. */
  onUnroutable: (kind: string) => void;
  /** A message was refused, though our queues are never full. Told once: this channel may go on refusing for ever. */
  onRefusal: () => void;
  /** The node has answered no message at all for as long as a message is waited for. */
  onSilence: () => void;
}

/** A healthy quorum queue confirms within milliseconds; what is not confirmed by then, the relay publishes again. */
const confirmTimeoutMs = 15_000;

/** Publishes on one channel and answers for each message, whatever becomes of the channel. */
export class RabbitmqPublisher {
  readonly #channel: ConfirmChannel;
  readonly #events: RabbitmqPublisherEvents;
  readonly #awaiting = new Map<string, { settle: (confirmed: boolean) => void; sentMs: number }>();
  readonly #returned = new Set<string>();
  readonly #silenceTimer: NodeJS.Timeout;
  #sequence = 0;
  #refused = false;
  #answeredMs = 0;

  constructor(channel: ConfirmChannel, events: RabbitmqPublisherEvents) {
    this.#channel = channel;
    this.#events = events;
    channel.on('return', (message: { properties: { messageId?: string } }) => {
      if (message.properties.messageId) this.#returned.add(message.properties.messageId);
    });
    this.#silenceTimer = setInterval(() => this.#giveUpSilent(), confirmTimeoutMs / 3).unref();
  }

  /** Whether a queue has stored the message. False also when nobody can know: it may be there all the same. */
  publish({ kind, body, traceparent }: OutgoingMessage): Promise<boolean> {
    const messageId = String((this.#sequence += 1));
    return new Promise(resolve => {
      const settle = (confirmed: boolean) => {
        this.#awaiting.delete(messageId);
        resolve(confirmed);
      };
      this.#awaiting.set(messageId, { settle, sentMs: performance.now() });
      const properties = {
        persistent: true,
        mandatory: true,
        messageId,
        type: kind,
        contentType: 'application/json',
        ...(traceparent ? { headers: { traceparent } } : {}),
      };
      try {
        this.#channel.publish(exchange, kind, body, properties, error => {
          // A message that no queue takes is returned first and *then* confirmed.
          const returned = this.#returned.delete(messageId);
          if (returned) this.#events.onUnroutable(kind);
          if (error && !this.#refused) this.#events.onRefusal();
          this.#refused ||= Boolean(error);
          this.#answeredMs = performance.now();
          settle(!error && !returned);
        });
      } catch {
        settle(false);
      }
    });
  }

  /** Gives the channel up, if it isn't gone: nothing that is under way will be confirmed. */
  end(): void {
    clearInterval(this.#silenceTimer);
    for (const { settle } of this.#awaiting.values()) settle(false);
    this.#channel.close().catch(() => {});
  }

  /** A queue without a leader never confirms and never refuses: its publishers must not wait for ever. */
  #giveUpSilent(): void {
    const sentBeforeMs = performance.now() - confirmTimeoutMs;
    const silent = [...this.#awaiting.values()].filter(({ sentMs }) => sentMs <= sentBeforeMs);
    for (const { settle } of silent) settle(false);
    const first = silent[0];
    if (first && first.sentMs > this.#answeredMs) this.#events.onSilence();
  }
}
