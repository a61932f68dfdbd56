import type { Broker, BrokerEvents } from './broker.ts';
import { MemoryBroker } from './memory.ts';
import { RabbitmqBroker } from './rabbitmq.ts';

export interface ConnectBrokerOptions extends BrokerEvents {
  /** `amqp://…` or `amqps://…`, for a cluster a comma-separated list of them, or `memory:` for a process that is edge and workers in one. */
  url: string;
  kinds: readonly string[];
  connectionName: string;
  deliveryLimit?: number;
}

/** The broker that an address names. A RabbitMQ that is away is connected to when it is back. */
export async function connectBroker(options: ConnectBrokerOptions): Promise<Broker> {
  if (options.url.startsWith('memory:')) return new MemoryBroker();
  if (/^amqps?:/.test(options.url)) return new RabbitmqBroker(options).open();
  throw new Error(`no broker speaks ${options.url.split(':')[0]}:`);
}
