import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { claimDirectory } from './claim-directory.ts';
import { freePorts } from './free-ports.ts';
import type { PrivateProcess } from './private-process.ts';
import { nodeEnvironment, type RabbitmqNode } from './rabbitmq-node.ts';
import { startEpmd, startNode, urlOf } from './rabbitmq-process.ts';
import { rabbitmqInstalled } from './rabbitmq.ts';

export interface ClusterNode {
  /** As RabbitMQ's tools call it: `millrace-1@localhost`. */
  readonly name: string;
  /** `amqp://guest:guest@127.0.0.1:<port>` */
  readonly url: string;
  /** Runs one of RabbitMQ's tools on the node; resolves to what it printed, throws when it failed. */
  run(tool: 'rabbitmqctl' | 'rabbitmq-queues' | 'rabbitmq-upgrade', ...args: string[]): Promise<string>;
  /** Graceful. */
  stop(): Promise<void>;
  /** SIGKILL, as in a crash, also of a frozen node. */
  kill(): Promise<void>;
  /** Starts it again on the same ports with what it had kept; resolves when it answers. Nothing to do while it runs. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing is answered, as when a machine hangs. */
  freeze(): void;
  thaw(): void;
}

export interface RabbitmqCluster {
  /** Names every node, as `BROKER_URL` takes it. */
  readonly url: string;
  readonly nodes: readonly ClusterNode[];
  /** Kills all nodes and gives the directory up. */
  end(): Promise<void>;
}

/**
 * Three private RabbitMQ nodes (or `size`) on 127.0.0.1 that find one another by their configuration; resolves when all are one
 * cluster. A minority that is cut off pauses. Throws if RabbitMQ isn't installed or another live process owns `dir`.
 * `netTickS`: how long a silent node counts as alive to the others.
 */
export async function startRabbitmqCluster(options: {
  dir: string;
  size?: number;
  netTickS?: number;
}): Promise<RabbitmqCluster> {
  const bin = rabbitmqInstalled();
  if (bin === null) throw new Error("RabbitMQ isn't installed: no rabbitmq-server found");
  const { size = 3, netTickS = 60 } = options;
  const dir = resolve(options.dir);
  const names = Array.from({ length: size }, (_, index) => `millrace-${index + 1}`);
  const [epmdPort = 0, ...ports] = await freePorts(1 + 2 * size);
  const members: RabbitmqNode[] = names.map((name, index) => ({
    dir: join(dir, name),
    home: join(dir, 'home'),
    name,
    port: ports[2 * index] ?? 0,
    distPort: ports[2 * index + 1] ?? 0,
    managementPort: 0,
    epmdPort,
    consumerTimeoutMs: 1_800_000,
    plugins: [],
    cluster: { names, netTickS },
  }));

  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const release = claimDirectory(dir);
  const nodes = members.map((member, index) => clusterNode(member, { bin, dir, suffix: `-${index + 1}` }));
  let epmd: PrivateProcess | null = null;
  const end = async () => {
    await Promise.all(nodes.map(node => node.kill()));
    await epmd?.end('SIGKILL');
    release();
  };
  try {
    epmd = await startEpmd(members[0] as RabbitmqNode, { dir });
    // All at once: each waits for its turn to found the cluster or to join it.
    await Promise.all(nodes.map(node => node.start()));
    await nodes[0]?.run('rabbitmqctl', 'await_online_nodes', String(size));
  } catch (error) {
    await end();
    throw error;
  }
  return { url: nodes.map(node => node.url).join(','), nodes, end };
}

function clusterNode(member: RabbitmqNode, where: { bin: string; dir: string; suffix: string }): ClusterNode {
  const env = nodeEnvironment(member);
  let running: PrivateProcess | null = null;
  async function end(signal: NodeJS.Signals): Promise<void> {
    await running?.end(signal, 60_000);
    running = null;
  }
  function send(name: NodeJS.Signals): void {
    if (running !== null) process.kill(running.pid, name);
  }
  return {
    name: `${member.name}@localhost`,
    url: urlOf(member),
    run: async (tool, ...args) => (await promisify(execFile)(join(where.bin, tool), args, { env, cwd: '/' })).stdout,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => void (running ??= await startNode(member, where.bin, where)),
    freeze: () => send('SIGSTOP'),
    thaw: () => send('SIGCONT'),
  };
}
