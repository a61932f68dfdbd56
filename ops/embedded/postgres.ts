import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pgPromise from 'pg-promise';
import { claimDirectory } from './claim-directory.ts';
import { freePorts } from './free-ports.ts';
import { openCluster } from './postgres-cluster.ts';
import { postgresSettings } from './postgres-settings.ts';
import { endOrphan, PrivateProcess } from './private-process.ts';

export interface EmbeddedPostgres {
  /** `postgres://…@127.0.0.1:<port>/millrace`, as a superuser. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends sessions, writes a checkpoint, and gives the directory up. */
  stop(): Promise<void>;
  /** SIGKILL of the postmaster; its sessions end on their own. The directory stays ours: `restart` or `stop` follow. */
  kill(): Promise<void>;
  /**
   * `immediate`, as after a crash: stops without a checkpoint, starts on the same port and recovers. `fast` ends sessions and
   * writes a checkpoint first.
   */
  restart(way?: 'immediate' | 'fast'): Promise<void>;
}

const pgp = pgPromise({ noWarnings: true });

/**
 * A real Postgres on 127.0.0.1, its data kept under `dir` from start to start; log in `dir/postgres.log`.
 * Stops a server that a killed owner of `dir` left running. Throws if another live process owns `dir`, if Postgres
 * ends while it starts (with its log's end), or, as root, if its unprivileged user can't reach `dir`.
 * `durable: false` is for tests: commits aren't synced. `port`: a free one, new at each call, if not given.
 */
export async function startPostgres(options: {
  dir: string;
  durable: boolean;
  port?: number;
  maxConnections?: number;
}): Promise<EmbeddedPostgres> {
  const { dir, durable, maxConnections = 100 } = options;
  mkdirSync(dir, { recursive: true });
  const release = claimDirectory(dir);
  try {
    const pidFile = join(dir, 'postgres.pid');
    await endOrphan(pidFile, 'SIGINT');
    const cluster = await openCluster(dir, { durable });
    const port = options.port ?? (await freePorts(1))[0] ?? 0;
    const { user, password, database } = cluster;
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
    const command = {
      command: cluster.postgresPath,
      args: ['-D', cluster.dataDir, ...postgresSettings({ durable, port, maxConnections })],
      env: { LC_ALL: 'C' },
      cwd: '/',
      logFile: join(dir, 'postgres.log'),
      pidFile,
      // Fast shutdown: it goes on by itself for the moment that its checkpoint takes.
      exitSignal: 'SIGINT' as const,
      ...cluster.identity,
    };
    let server = await startServer(command, url);
    return {
      url,
      port,
      get pid() {
        return server.pid;
      },
      async stop() {
        await server.end('SIGINT');
        release();
      },
      kill: () => server.end('SIGKILL'),
      async restart(way = 'immediate') {
        await server.end(way === 'fast' ? 'SIGINT' : 'SIGQUIT');
        server = await startServer(command, url);
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Sessions of a killed postmaster take a moment to notice, and until then their shared memory bars a new one. */
const stillHeld = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;
const heldForMs = 10_000;

async function startServer(
  command: Parameters<typeof PrivateProcess.spawn>[0],
  url: string,
  deadline = Date.now() + heldForMs,
): Promise<PrivateProcess> {
  const server = await PrivateProcess.spawn(command);
  try {
    // A minute: recovery replays up to max_wal_size.
    await server.ready(() => answer(url), { timeoutMs: 60_000, intervalMs: 15 });
    return server;
  } catch (error) {
    await server.end('SIGQUIT');
    if (Date.now() > deadline || !stillHeld.test(server.output)) throw error;
    await delay(100);
    return startServer(command, url, deadline);
  }
}

async function answer(url: string): Promise<void> {
  const connection = await pgp({ connectionString: url, connectionTimeoutMillis: 5000 }).connect({ direct: true });
  await connection.done();
}
