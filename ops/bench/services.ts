import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import pgPromise from 'pg-promise';
import { freePorts } from '../embedded/free-ports.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { startRabbitmq } from '../embedded/rabbitmq.ts';

const pgp = pgPromise({ noWarnings: true });

export type Database = ReturnType<typeof pgp>;

interface Service {
  url: string;
  stop: () => Promise<void>;
}

/** The private services of one bench run, each started when a contestant first asks for it, all under one temporary folder. */
export class Services {
  private readonly running = new Map<string, Promise<Service>>();
  private readonly databases: Database[] = [];
  private admin: Database | undefined;
  private folder: string | undefined;
  private databaseCount = 0;

  /** An empty database on a Postgres that fsyncs every commit. */
  async emptyDatabase(name: string): Promise<{ url: string; db: Database }> {
    const { url } = await this.start('postgres', dir => startPostgres({ dir, durable: true }));
    this.admin ??= this.connect(url);
    const database = `${name.replaceAll(/[^a-z]/g, '_')}_${this.databaseCount++}`;
    // The last contestant's dirty pages are written out now, not in the middle of the next one's turn.
    await this.admin.none('checkpoint');
    await this.admin.none('create database $1:name', [database]);
    const own = new URL(url);
    own.pathname = `/${database}`;
    return { url: own.href, db: this.connect(own.href) };
  }

  /** An empty Redis: `synced` answers a write after its fsync, `unsynced` keeps it in memory alone. */
  async emptyRedis(durability: 'synced' | 'unsynced'): Promise<{ url: string }> {
    const { url } = await this.start(`redis-${durability}`, dir => startRedis(dir, durability));
    const redis = new Redis(url);
    await redis.flushall();
    redis.disconnect();
    return { url };
  }

  /** A private RabbitMQ node. */
  async rabbitmq(): Promise<{ url: string }> {
    return this.start('rabbitmq', dir => startRabbitmq({ dir }));
  }

  async stop(): Promise<void> {
    for (const db of this.databases) await db.$pool.end();
    const started = [...this.running.values()];
    const services = await Promise.allSettled(started);
    const stops = services.flatMap(service => (service.status === 'fulfilled' ? service.value.stop() : []));
    await Promise.allSettled(stops);
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }

  private start(name: string, begin: (dir: string) => Promise<Service>): Promise<Service> {
    let service = this.running.get(name);
    if (!service) {
      service = this.makeFolder(name).then(begin);
      this.running.set(name, service);
    }
    return service;
  }

  private async makeFolder(name: string): Promise<string> {
    if (!this.folder) {
      this.folder = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
      // Postgres refuses to be root and passes through here as nobody.
      await chmod(this.folder, 0o711);
    }
    const dir = path.join(this.folder, name);
    await mkdir(dir);
    return dir;
  }

  private connect(url: string): Database {
    const db = pgp({ connectionString: url, max: 4 });
    db.$pool.on('error', () => {});
    this.databases.push(db);
    return db;
  }
}

async function startRedis(dir: string, durability: 'synced' | 'unsynced'): Promise<Service> {
  const [port] = await freePorts(1);
  const persistence =
    durability === 'synced' ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...persistence];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    server.once('spawn', resolve);
    server.once('error', cause => reject(new Error('the bench needs redis-server (Debian: redis-server)', { cause })));
  });
  const url = `redis://127.0.0.1:${port}`;
  const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 200 });
  redis.on('error', () => {});
  await redis.ping();
  redis.disconnect();
  return { url, stop: () => ended(server) };
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => {
    server.once('exit', () => resolve());
    server.kill('SIGTERM');
  });
}
