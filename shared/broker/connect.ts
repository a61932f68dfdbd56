import type { Broker, BrokerEvents } from './broker.ts';
import { MemoryBroker } from './memory.ts';
import { RabbitmqBroker } from './rabbitmq.ts';

export interface ConnectBrokerOptions extends BrokerEvents {
  /**
   * `amqp://…` or `amqps://…`, for a cluster a comma-separated list of them; `pubsub://project`; or `memory:` for a process
   * that is edge and workers in one.
   */
  url: string;
  /** `host:port`, in place of Google's own Pub/Sub. */
  pubsubEmulatorHost?: string | undefined;
  kinds: readonly string[];
  connectionName: string;
  deliveryLimit?: number;
}

/** The broker that an address names. One that is away is connected to when it is back. */
export async function connectBroker(options: ConnectBrokerOptions): Promise<Broker> {
  if (options.url.startsWith('memory:')) return new MemoryBroker();
  if (/^amqps?:/.test(options.url)) return new RabbitmqBroker(options).open();
  if (options.url.startsWith('pubsub:')) {
    // Google's library is large: whoever has another broker does without it.
    const { PubsubBroker } = await import('./pubsub.ts');
    return new PubsubBroker({
      ...options,
      projectId: new URL(options.url).host,
      emulatorHost: options.pubsubEmulatorHost,
    }).open();
  }
  throw new Error(`no broker speaks ${options.url.split(':')[0]}:`);
}
