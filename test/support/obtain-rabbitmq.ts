import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { freePorts } from '../../ops/embedded/free-ports.ts';
import {
  type EmbeddedRabbitmq,
  flushExpression,
  rabbitmqInstalled,
  startRabbitmq,
} from '../../ops/embedded/rabbitmq.ts';
import { eventually } from './eventually.ts';

/** A RabbitMQ of the tests' own, to stop, kill and wipe at will. */
export interface PrivateRabbitmq extends Omit<EmbeddedRabbitmq, 'pid'> {
  /** Ends it for good, running or not. */
  remove(): Promise<void>;
}

const run = promisify(execFile);

/**
 * A node of the installed rabbitmq-server, kept under `dir`; not installed, of Debian's package, which root can install;
 * else a container, where Docker answers. Throws one message that says what to do when there is no way.
 */
export async function obtainRabbitmq(options: { dir: string; consumerTimeoutMs?: number }): Promise<PrivateRabbitmq> {
  if (await rabbitmqObtained()) {
    const node = await startRabbitmq(options);
    return { ...node, remove: () => node.kill() };
  }
  if (await dockerAnswers()) return startContainer(options);
  throw new Error(
    'these tests need RabbitMQ: set AMQP_URL (and AMQP_MANAGEMENT_URL), install rabbitmq-server, run as root where apt-get can install it, or start Docker',
  );
}

let installing: Promise<boolean> | null = null;

/** Whether `rabbitmq-server` is installed, or could be. */
export async function rabbitmqObtained(): Promise<boolean> {
  return rabbitmqInstalled() !== null || (installing ??= tryInstall());
}

async function tryInstall(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', 'rabbitmq-server'], { env });
  try {
    await install().catch(async () => {
      await run('apt-get', ['update'], { env });
      await install();
    });
  } catch {
    return false; // no network, or no such package: Docker is asked next
  }
  return rabbitmqInstalled() !== null;
}

async function dockerAnswers(): Promise<boolean> {
  return run('docker', ['info'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args);
  return stdout;
}

async function startContainer({
  consumerTimeoutMs = 1_800_000,
}: {
  consumerTimeoutMs?: number;
}): Promise<PrivateRabbitmq> {
  const [port = 0, managementPort = 0] = await freePorts(2);
  const name = `millrace-test-${port}`;
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  // Ports are named, not left to Docker, which would give others after a restart.
  const published = ['-p', `127.0.0.1:${port}:5672`, '-p', `127.0.0.1:${managementPort}:15672`];
  const erlang = `RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-rabbit consumer_timeout ${consumerTimeoutMs}`;
  const create = () => docker('run', '-d', '--name', name, ...published, '-e', erlang, 'rabbitmq:4-management');
  const answering = () =>
    eventually(async () => (await connect(url, { timeout: 5000 })).close(), { timeoutMs: 120_000, intervalMs: 200 });

  await create();
  await answering();
  return {
    url,
    port,
    managementUrl: `http://guest:guest@127.0.0.1:${managementPort}`,
    ctl: (...args: string[]) => docker('exec', name, 'rabbitmqctl', ...args),
    flush: async () => void (await docker('exec', name, 'rabbitmqctl', 'eval', flushExpression)),
    stop: async () => void (await docker('stop', name)),
    kill: async () => void (await docker('kill', name)),
    async start() {
      await docker('start', name);
      await answering();
    },
    async wipe() {
      await docker('rm', '-f', '-v', name);
      await create();
      await answering();
    },
    remove: async () => void (await docker('rm', '-f', '-v', name)),
  };
}
