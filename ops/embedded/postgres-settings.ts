/** Server settings of the embedded Postgres: PostgreSQL's own defaults but for these, each with its reason. */
const always = {
  listen_addresses: '127.0.0.1',
  // The default socket directory is shared with any other Postgres of the machine.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The hot set (live jobs and their indexes) fits; more would only be taken from workers on a small machine.
  shared_buffers: '256MB',
  // Each page's first change after a checkpoint writes the whole page to the log: rarer checkpoints and compressed
  // page images leave more of the disk's sync rate to commits. The price is a longer recovery, still seconds.
  checkpoint_timeout: '15min',
  max_wal_size: '2GB',
  wal_compression: 'on',
  // Statements here are short: compiling one costs more than running it.
  jit: 'off',
  // Two cores: a parallel plan for one list query would take the other core from the jobs.
  max_parallel_workers_per_gather: '0',
  // Random reads on an SSD cost about what sequential ones do.
  random_page_cost: '1.1',
  // Every job is several updates of one row: look for dead rows four times as often.
  autovacuum_naptime: '15s',
};

/** An accepted job survives a power cut: these are the defaults, named because the promise hangs on them. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/** For tests: survives a killed server, not a crashed machine. */
const fleeting = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** The `-c name=value` arguments for `postgres`. */
export function postgresSettings(options: { durable: boolean; port: number; maxConnections: number }): string[] {
  const settings = {
    ...always,
    ...(options.durable ? durable : fleeting),
    port: options.port,
    max_connections: options.maxConnections,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
