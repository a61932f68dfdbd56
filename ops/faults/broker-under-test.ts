import { freePorts } from '../embedded/free-ports.ts';
import { type EmbeddedRabbitmq, startRabbitmq } from '../embedded/rabbitmq.ts';
import { type ClusterNode, startRabbitmqCluster } from '../embedded/rabbitmq-cluster.ts';

/** The broker of a faults run: one node, or several that are one to their clients. What is done to a node is done to one of them. */
export interface BrokerUnderTest {
  /** Addresses of its nodes. A single one's is known before it is up. */
  urls: readonly [string, ...string[]];
  /** Resolves once it has booted. */
  ready: Promise<void>;
  /** Stops a node in order; `startNode` brings it back. */
  stopNode(node: number): Promise<void>;
  /** SIGKILL. */
  killNode(node: number): Promise<void>;
  startNode(node: number): Promise<void>;
  /** All queues, messages and users are gone, and it runs again, empty. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSingleBroker(dir: string): Promise<BrokerUnderTest> {
  const [port = 0] = await freePorts(1);
  const starting = startRabbitmq({ dir, port, plugins: [] });
  starting.catch(() => {}); // told by `ready`
  const on = (act: (node: EmbeddedRabbitmq) => Promise<void>) => async () => act(await starting);
  return {
    urls: [`amqp://guest:guest@127.0.0.1:${port}`],
    ready: starting.then(() => {}),
    stopNode: on(node => node.stop()),
    killNode: on(async node => {
      // RabbitMQ 3.10 loses queues that are younger than some minutes to a kill; a run is shorter than that.
      await node.flush();
      await node.kill();
    }),
    startNode: on(node => node.start()),
    wipe: on(node => node.wipe()),
    stop: on(node => node.stop()),
  };
}

export async function startClusterBroker(dir: string): Promise<BrokerUnderTest> {
  const cluster = await startRabbitmqCluster({ dir });
  const node = (at: number) => cluster.nodes[at] as ClusterNode;
  return {
    urls: cluster.nodes.map(({ url }) => url) as [string, ...string[]],
    ready: Promise.resolve(),
    stopNode: at => node(at).stop(),
    killNode: at => node(at).kill(),
    startNode: at => node(at).start(),
    async wipe() {
      await node(0).run('rabbitmqctl', 'delete_vhost', '/');
      await node(0).run('rabbitmqctl', 'add_vhost', '/');
      await node(0).run('rabbitmqctl', 'set_permissions', 'guest', '.*', '.*', '.*');
    },
    stop: () => cluster.end(),
  };
}
