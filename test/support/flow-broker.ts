import type { Suite } from 'mocha';
import type { Broker, QueueDepth } from '../../shared/broker/broker.ts';
import type { connectBroker } from '../../shared/broker/connect.ts';
import { MemoryBroker } from '../../shared/broker/memory.ts';
import { PubsubServer } from './pubsub-server.ts';
import { createVhost } from './rabbitmq.ts';
import { breakableRabbitmq } from './services.ts';

export type BrokerName = Broker['name'];
export type SharedBrokerName = Exclude<BrokerName, 'memory'>;

/** The broker of one system, empty. */
export interface FlowBroker {
  /** What leads a process to it. */
  env: Record<string, string>;
  /** Where no address does, how a spine of this process connects to it. */
  connect?: typeof connectBroker;
  /** The server's own books, where the port can't tell. */
  depth?: (kind: string) => QueueDepth;
  /** Tells its maker a second time, seconds later, that a queue is new: no test wants to wait for that, or to be met by it. */
  tellsTwice?: boolean;
  /** Notices at once, not after as long as a lease, that whoever was killed has messages in hand. */
  expireLeases?: () => void;
  drop(): Promise<void>;
}

/** A broker that nobody else uses, to stop and wipe at will. */
export interface BreakableBroker extends FlowBroker {
  stop(): Promise<void>;
  /** Again, at the same place and with what it had. */
  start(): Promise<void>;
  /** Loses all that it has, and is away meanwhile. */
  wipe(): Promise<void>;
}

export const allBrokers = ['memory', 'rabbitmq', 'pubsub'] as const;
/** A memory broker carries nothing between processes, and is away only with its own. */
export const sharedBrokers = ['rabbitmq', 'pubsub'] as const;

const titles: Record<BrokerName, string> = { memory: 'memory', rabbitmq: 'RabbitMQ', pubsub: 'Pub/Sub' };

/** A suite that says the same of each of `brokers`. */
export function describeFlow<Name extends BrokerName>(
  brokers: readonly Name[],
  title: string,
  declare: (this: Suite, broker: Name) => void,
): void {
  for (const broker of brokers)
    describe(`flow over ${titles[broker]}: ${title}`, function () {
      declare.call(this, broker);
    });
}

export function openBroker(name: BrokerName): Promise<FlowBroker> {
  return { memory: openMemory, rabbitmq: openVhost, pubsub: openPubsub }[name]();
}

export function openBreakableBroker(name: SharedBrokerName): Promise<BreakableBroker> {
  return name === 'rabbitmq' ? openBreakableRabbitmq() : openPubsub();
}

/** A broker that is not ours to end. */
export function brokerAt(url: string): FlowBroker {
  return { env: { BROKER_URL: url }, drop: async () => {} };
}

async function openMemory(): Promise<FlowBroker> {
  const queues = new MemoryBroker();
  return {
    env: { BROKER_URL: 'memory:' },
    connect: async options => new MemoryBroker({ ...options, beside: queues }),
    drop: () => queues.close(),
  };
}

async function openVhost(): Promise<FlowBroker> {
  const vhost = await createVhost();
  return { env: { BROKER_URL: vhost.url }, drop: () => vhost.drop() };
}

async function openBreakableRabbitmq(): Promise<BreakableBroker> {
  const node = await breakableRabbitmq();
  return {
    ...brokerAt(node.url),
    stop: async () => {
      await node.flush();
      await node.stop();
    },
    start: () => node.start(),
    wipe: () => node.wipe(),
  };
}

/** On a server of its own: it starts within milliseconds. */
export async function openPubsub(): Promise<BreakableBroker & { server: PubsubServer }> {
  const server = await PubsubServer.start();
  return {
    server,
    env: { BROKER_URL: `pubsub://${pubsubProject}`, PUBSUB_EMULATOR_HOST: server.host },
    tellsTwice: true,
    depth: kind => server.depth(pubsubProject, kind),
    expireLeases: () => server.expireLeases(),
    stop: async () => server.stop(),
    start: () => server.start(),
    wipe: async () => {
      server.stop();
      server.wipe();
      await server.start();
    },
    drop: async () => server.stop(),
  };
}

const pubsubProject = 'flow';
