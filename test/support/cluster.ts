import assert from 'node:assert/strict';
import { type ClusterNode, type RabbitmqCluster, startRabbitmqCluster } from '../../ops/embedded/rabbitmq-cluster.ts';
import { RabbitmqBroker } from '../../shared/broker/rabbitmq.ts';
import { nameOfNode } from '../../shared/broker/rabbitmq-nodes.ts';
import { eventually } from './eventually.ts';
import { rabbitmqObtained } from './obtain-rabbitmq.ts';
import { runDirectory } from './run-directory.ts';

/** A cluster of three for one test file, which ends it; null where RabbitMQ can't be installed. */
export async function openCluster(options: { netTickS?: number } = {}): Promise<RabbitmqCluster | null> {
  if (!(await rabbitmqObtained())) return null;
  return startRabbitmqCluster({ dir: await runDirectory('cluster'), ...options });
}

/** A client of the cluster with every state that it told, and the node that it is on. */
export interface ClusterClient {
  broker: RabbitmqBroker;
  told: string[];
  node(): ClusterNode;
}

export async function connectClient(cluster: RabbitmqCluster, kinds: readonly string[]): Promise<ClusterClient> {
  const told: string[] = [];
  const broker = await new RabbitmqBroker({
    url: cluster.url,
    kinds,
    connectionName: 'cluster-test',
    onStateChange: (state, why) => told.push(`${state}: ${why}`),
  }).open();
  await broker.ready(60_000);
  const node = () => {
    const last = told.findLast(line => line.startsWith('up: '));
    const found = cluster.nodes.find(({ url }) => last?.endsWith(` ${nameOfNode(url)}`));
    assert.ok(found, `no node in ${last}`);
    return found;
  };
  return { broker, told, node };
}

/** Publishers that repeat each message until it is confirmed, as the relay does. */
export interface Publishing {
  confirmed: Set<string>;
  /** Lets each publisher finish its message. */
  stop(): Promise<void>;
}

export function keepPublishing({ broker }: ClusterClient, kind: string, publishers = 10): Publishing {
  const confirmed = new Set<string>();
  let count = 0;
  let stopping = false;
  const publisher = async () => {
    while (!stopping) {
      const text = String((count += 1));
      const message = { kind, body: Buffer.from(text) };
      await eventually(async () => assert.deepEqual(await broker.publish([message]), [true]), { timeoutMs: 120_000 });
      confirmed.add(text);
    }
  };
  const running = Promise.all(Array.from({ length: publishers }, publisher));
  running.catch(() => {}); // told by `stop`
  return {
    confirmed,
    stop: async () => {
      stopping = true;
      await running;
    },
  };
}

export interface QueuePlaces {
  leader: string;
  members: string[];
  online: string[];
}

/** Where each queue's members are, as `asked` sees it; RabbitMQ's tool answers lists of Erlang's names. */
export async function placesOf(asked: ClusterNode): Promise<Map<string, QueuePlaces>> {
  const columns = ['name', 'leader', 'members', 'online'];
  const text = await asked.run('rabbitmqctl', '-q', '--formatter', 'json', 'list_queues', ...columns);
  const rows = JSON.parse(text) as ({ name: string } & QueuePlaces)[];
  return new Map(
    rows.map(({ name, leader, members, online }) => [
      name,
      { leader, members: members.toSorted(), online: online.toSorted() },
    ]),
  );
}

/** Waits until every queue has all its members online again. */
export function membersBack(cluster: RabbitmqCluster): Promise<void> {
  const names = cluster.nodes.map(({ name }) => name);
  return eventually(
    async () => {
      for (const [queue, { members, online }] of await placesOf(cluster.nodes[0] as ClusterNode))
        assert.deepEqual([members, online], [names, names], queue);
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}
