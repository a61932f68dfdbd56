import { join } from 'node:path';
import { connect } from 'amqplib';
import { endOrphan, PrivateProcess } from './private-process.ts';
import { nodeEnvironment, type RabbitmqNode, writeNodeFiles } from './rabbitmq-node.ts';

export interface Where {
  /** Where log and pid files are kept. */
  dir: string;
  /** Distinguishes the files of several nodes in one directory. */
  suffix?: string;
}

/** Erlang's name server, which a node would otherwise start as a daemon that nobody ends. */
export async function startEpmd(node: RabbitmqNode, { dir }: Where): Promise<PrivateProcess> {
  const pidFile = join(dir, 'epmd.pid');
  await endOrphan(pidFile, 'SIGKILL');
  return PrivateProcess.spawn({ ...common(node, join(dir, 'rabbitmq.log')), command: 'epmd', args: [], pidFile });
}

/** Starts a node beside its name server, by the scripts in `bin`; resolves when AMQP is answered. Kills it if it never is. */
export async function startNode(node: RabbitmqNode, bin: string, where: Where): Promise<PrivateProcess> {
  const pidFile = pidFileOf(where);
  await endOrphan(pidFile, 'SIGTERM');
  writeNodeFiles(node);
  const broker = await PrivateProcess.spawn({
    ...common(node, join(where.dir, `rabbitmq${where.suffix ?? ''}.log`)),
    command: join(bin, 'rabbitmq-server'),
    args: [],
    pidFile,
  });
  try {
    // Its listeners open last of all, plugins included, so an answered handshake is readiness; rabbitmqctl would say the
    // same at the price of a second of CPU for each question.
    await broker.ready(() => handshake(urlOf(node)), { timeoutMs: 120_000, intervalMs: 100 });
    return broker;
  } catch (error) {
    await broker.end('SIGKILL');
    throw error;
  }
}

/** A node that a killed owner left behind is ended by this file; it must be before a name server is started anew. */
export function pidFileOf({ dir, suffix = '' }: Where): string {
  return join(dir, `rabbitmq${suffix}.pid`);
}

export function urlOf({ port }: RabbitmqNode): string {
  return `amqp://guest:guest@127.0.0.1:${port}`;
}

function common(node: RabbitmqNode, logFile: string) {
  // Never SIGKILL: RabbitMQ 3.10 writes a new quorum queue's registration to the disk within three minutes or at a graceful
  // stop; killed before, the queue of a lone node comes back empty, without a leader, and neither confirms nor delivers.
  return { env: nodeEnvironment(node), cwd: '/', logFile, exitSignal: 'SIGTERM' as const };
}

async function handshake(url: string): Promise<void> {
  const connection = await connect(url, { timeout: 5000 });
  connection.on('error', () => {});
  await connection.close();
}
