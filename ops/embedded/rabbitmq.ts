import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { claimDirectory } from './claim-directory.ts';
import { freePorts } from './free-ports.ts';
import { endOrphan, type PrivateProcess } from './private-process.ts';
import { dataDir, nodeEnvironment, type RabbitmqNode } from './rabbitmq-node.ts';
import { pidFileOf, startEpmd, startNode, urlOf } from './rabbitmq-process.ts';

export interface EmbeddedRabbitmq {
  /** `amqp://guest:guest@127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** `http://guest:guest@127.0.0.1:<port>`, of the management plugin. */
  readonly managementUrl: string;
  readonly pid: number;
  /** Runs `rabbitmqctl` on the node; resolves to what it printed, throws when it failed. */
  ctl(...args: string[]): Promise<string>;
  /** Writes the registrations of new quorum queues to the disk now, as some minutes of life would have done. */
  flush(): Promise<void>;
  /** Graceful; gives the directory up. */
  stop(): Promise<void>;
  /**
   * SIGKILL, as in a crash: unconfirmed messages are lost, and on RabbitMQ 3.10 quorum queues declared within the last three
   * minutes come back without a leader (`flush` prevents that). `start` follows, or nothing.
   */
  kill(): Promise<void>;
  /** Starts it again on the same ports with what it had kept; nothing to do while it runs. */
  start(): Promise<void>;
  /** Kills it, deletes every queue, message, vhost and user, starts it empty on the same ports. */
  wipe(): Promise<void>;
}

/** For `rabbitmqctl eval`. */
export const flushExpression = '[dets:sync(Table) || Table <- dets:all()].';

/** The directory that holds `rabbitmq-server` and `rabbitmqctl`; null when RabbitMQ isn't installed. */
export function rabbitmqInstalled(): string | null {
  // Debian's commands on PATH switch to the system's own user: the scripts behind them come first.
  const dirs = ['/usr/lib/rabbitmq/bin', ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean)];
  return dirs.find(dir => existsSync(join(dir, 'rabbitmq-server')) && existsSync(join(dir, 'rabbitmqctl'))) ?? null;
}

/**
 * A private RabbitMQ node on 127.0.0.1 with everything it keeps under `dir`; resolves when AMQP is answered.
 * Ports are free ones, new at each call, if not given. Stops a node that a killed owner of `dir` left running.
 * Throws if RabbitMQ isn't installed, if another live process owns `dir`, or if the node ends while it starts.
 * `consumerTimeoutMs`: how long a delivery may stay unacknowledged (30 minutes).
 */
export async function startRabbitmq(options: {
  dir: string;
  name?: string;
  port?: number;
  managementPort?: number;
  consumerTimeoutMs?: number;
  plugins?: readonly string[];
}): Promise<EmbeddedRabbitmq> {
  const bin = rabbitmqInstalled();
  if (bin === null) throw new Error("RabbitMQ isn't installed: no rabbitmq-server found");
  const [port = 0, managementPort = 0, distPort = 0, epmdPort = 0] = await freePorts(4);
  const node: RabbitmqNode = {
    name: 'millrace',
    port,
    managementPort,
    distPort,
    epmdPort,
    consumerTimeoutMs: 1_800_000,
    plugins: ['rabbitmq_management'],
    ...options,
    dir: resolve(options.dir),
    home: join(resolve(options.dir), 'home'),
  };
  const env = nodeEnvironment(node);
  let running: Running | null = null;

  async function start(): Promise<void> {
    running ??= await startAlone(node, bin ?? '');
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    await running?.end(signal);
    running = null;
  }
  async function ctl(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(join(bin ?? '', 'rabbitmqctl'), args, { env, cwd: '/' });
    return stdout;
  }
  await start();
  return {
    url: urlOf(node),
    port: node.port,
    managementUrl: `http://guest:guest@127.0.0.1:${node.managementPort}`,
    get pid() {
      if (running === null) throw new Error('the embedded RabbitMQ is stopped');
      return running.pid;
    },
    ctl,
    flush: async () => void (await ctl('eval', flushExpression)),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    async wipe() {
      await end('SIGKILL');
      rmSync(dataDir(node.dir), { recursive: true, force: true });
      await start();
    },
  };
}

interface Running {
  pid: number;
  end(signal: NodeJS.Signals): Promise<void>;
}

async function startAlone(node: RabbitmqNode, bin: string): Promise<Running> {
  mkdirSync(node.dir, { recursive: true, mode: 0o700 });
  const release = claimDirectory(node.dir);
  let epmd: PrivateProcess | null = null;
  try {
    await endOrphan(pidFileOf(node), 'SIGTERM');
    epmd = await startEpmd(node, node);
    const broker = await startNode(node, bin, node);
    const end = async (signal: NodeJS.Signals) => {
      await broker.end(signal);
      await epmd?.end('SIGKILL');
      release();
    };
    return { pid: broker.pid, end };
  } catch (error) {
    await epmd?.end('SIGKILL');
    release();
    throw error;
  }
}
