import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RabbitmqNode {
  dir: string;
  /** Where the cookie is, the secret between nodes and their tools: one for all of a cluster. */
  home: string;
  name: string;
  port: number;
  managementPort: number;
  distPort: number;
  epmdPort: number;
  consumerTimeoutMs: number;
  plugins: readonly string[];
  /** Of a node that finds others: the names of all, its own too, and how long a silent one counts as alive. */
  cluster?: { names: readonly string[]; netTickS: number };
}

/** Busy waiting would spin both cores of a small machine for a broker that is mostly idle. */
const erlangFlags = '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}';

/** All that the node and its tools read from the environment; nothing of the machine's own RabbitMQ is inherited. */
export function nodeEnvironment({ dir, home, name, port, distPort, epmdPort }: RabbitmqNode): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    HOME: home,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // The server script then becomes the Erlang VM instead of watching it: our child's pid is the broker's, SIGTERM
    // stops it gracefully and SIGKILL is a real crash.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODENAME: `${name}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangFlags,
    RABBITMQ_MNESIA_BASE: dataDir(dir),
    RABBITMQ_FEATURE_FLAGS_FILE: join(dataDir(dir), 'feature_flags'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'advanced.config'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(dir, 'generated'),
    RABBITMQ_SCHEMA_DIR: join(dir, 'schema'),
    RABBITMQ_PID_FILE: join(dir, 'beam.pid'),
  };
}

/** Where queues, messages and users are kept. */
export function dataDir(dir: string): string {
  return join(dir, 'mnesia');
}

function clusterSettings({ names, netTickS }: NonNullable<RabbitmqNode['cluster']>): Record<string, string | number> {
  return {
    'cluster_formation.peer_discovery_backend': 'classic_config',
    ...Object.fromEntries(
      names.map((name, index) => [`cluster_formation.classic_config.nodes.${index + 1}`, `${name}@localhost`]),
    ),
    // A node that no longer sees a majority ends its connections, so that its clients go to those that do.
    cluster_partition_handling: 'pause_minority',
    net_ticktime: netTickS,
  };
}

/** Writes the node's configuration, and its cookie if there is none yet. */
export function writeNodeFiles(node: RabbitmqNode): void {
  const { dir, home, port, managementPort, consumerTimeoutMs, plugins, cluster } = node;
  for (const folder of [home, ...['log', 'mnesia', 'generated', 'schema'].map(sub => join(dir, sub))])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const cookie = join(home, '.erlang.cookie');
  if (!existsSync(cookie)) writeFileSync(cookie, randomBytes(20).toString('hex'), { mode: 0o400 });

  writeFileSync(join(dir, 'enabled_plugins'), `[${plugins.join(',')}].\n`);
  const conf = {
    'listeners.tcp.1': `127.0.0.1:${port}`,
    ...(plugins.includes('rabbitmq_management') && {
      'management.tcp.ip': '127.0.0.1',
      'management.tcp.port': managementPort,
    }),
    // Messages are nudges of a few hundred bytes: a broker that needs more holds publishers back instead of growing.
    'vm_memory_high_watermark.absolute': '512MB',
    'disk_free_limit.absolute': '50MB',
    consumer_timeout: consumerTimeoutMs,
    'log.file.level': 'warning',
    'log.console': 'false',
    ...(cluster && clusterSettings(cluster)),
  };
  writeFileSync(
    join(dir, 'rabbitmq.conf'),
    Object.entries(conf)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(''),
  );
  // The consumer timeout is looked at once a tick, by default a minute; the key exists only in this file.
  const tickMs = Math.min(60_000, Math.max(1_000, Math.floor(consumerTimeoutMs / 4)));
  writeFileSync(join(dir, 'advanced.config'), `[{rabbit,[{channel_tick_interval,${tickMs}}]}].\n`);
}
