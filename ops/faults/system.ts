import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { freePorts } from '../embedded/free-ports.ts';
import { type EmbeddedPostgres, startPostgres } from '../embedded/postgres.ts';
import { type BrokerUnderTest, startSingleBroker } from './broker-under-test.ts';
import { type FileDisk, openFileDisk } from './file-disk.ts';
import { Member, type Role } from './member.ts';
import { type Proxy, startProxy } from './proxy.ts';
import { sandboxSettings, type SandboxUrls } from './sandbox-settings.ts';
import { Supervised } from './supervised.ts';

export interface SystemOptions {
  leaseMs: number;
  startBroker?: (dir: string) => Promise<BrokerUnderTest>;
}

/** A whole system of its own, as processes: what breaks is real. */
export interface FaultySystem {
  /** What clients call: in front of both edges, as a load balancer. */
  url: string;
  front: Proxy;
  provider: Supervised;
  postgres: EmbeddedPostgres;
  broker: BrokerUnderTest;
  sandbox: SandboxUrls;
  disk: FileDisk;
  dir: string;
  leaseMs: number;
  /** Not by way of any proxy. */
  db: Database;
  members: readonly Member[];
  of(role: Role): Member[];
  /** Ends the members in order, so that what they leave behind can be looked at. */
  stopMembers(): Promise<void>;
  /** Ends and removes all of it. Safe to call at any time, also twice. */
  stop(): Promise<void>;
}

const entries: Record<Role, string> = { edge: 'edge/main', worker: 'workers/main', ticker: 'ops/ticker/main' };
const copies = 2;

/** Postgres that keeps what it has committed, a broker, the sandboxes, two edges, two workers, two tickers, and proxies between them. */
export async function startSystem({ leaseMs, startBroker = startSingleBroker }: SystemOptions): Promise<FaultySystem> {
  const closers: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | null = null;
  const stop = () =>
    (stopped ??= (async () => {
      for (const close of closers.splice(0).toReversed()) await close().catch(() => {});
    })());
  try {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-faults-'));
    closers.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
    // As root, Postgres runs as another user and passes through here.
    await chmod(dir, 0o755);
    const broker = await startBroker(join(dir, 'rabbitmq'));
    closers.push(() => broker.stop());
    const edgePorts = await freePorts(copies);
    const front = await startProxy(...(edgePorts.map(port => `http://127.0.0.1:${port}`) as [string, string]));
    closers.push(() => front.stop());
    const sandbox = await sandboxSettings();
    const provider = new Supervised({
      name: 'sandbox',
      entry: 'ops/sandbox/main',
      env: {
        ...sandbox.env,
        NODE_ENV: 'test',
        LOG_LEVEL: 'warn',
        DATA_DIR: join(dir, 'sandbox'),
        SANDBOX_WEBHOOK_URL: `${front.url}/api/v1/webhooks/hyperswitch`,
      },
      healthUrl: `${sandbox.urls.clerk}/.well-known/jwks.json`, // among the last that listen
      dir,
    });
    closers.push(() => provider.end('SIGTERM'));
    const providerUp = provider.start();
    providerUp.catch(() => {}); // told below
    const postgres = await startPostgres({ dir: join(dir, 'postgres'), durable: true, maxConnections: 200 });
    closers.push(() => postgres.stop());
    await migrate(postgres.url);
    const db = connectDatabase({ url: postgres.url, maxConnections: 4, applicationName: 'faults' });
    closers.push(() => db.$pool.end());
    const dataDir = join(dir, 'data');
    const disk = await openFileDisk(join(dataDir, 'files'));
    closers.push(() => disk.stop());

    const secrets = ['JWT_SECRET', 'ENCRYPTION_KEY', 'LIVE_HOOK_SECRET'];
    const env = {
      ...sandbox.env,
      ...Object.fromEntries(secrets.map(name => [name, randomBytes(32).toString('base64url')])),
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      PUBLIC_URL: front.url,
      LEASE_MS: String(leaseMs),
      REQUESTS_PER_MINUTE: '100000',
    };
    const members = await makeMembers({ dir: join(dir, 'members'), env, edgePorts, postgres, broker }, closers);
    const stopMembers = async () => {
      for (const member of members) member.signal('SIGCONT');
      await Promise.all(members.map(member => member.end('SIGTERM')));
    };
    closers.push(stopMembers);
    // They need no broker to come up, nor any provider.
    await Promise.all([broker.ready, providerUp, ...members.map(member => member.start())]);
    return {
      url: front.url,
      front,
      provider,
      postgres,
      broker,
      sandbox: sandbox.urls,
      disk,
      dir,
      leaseMs,
      db,
      members,
      of: role => members.filter(member => member.role === role),
      stopMembers,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeMembers(
  of: {
    dir: string;
    env: Record<string, string>;
    edgePorts: number[];
    postgres: EmbeddedPostgres;
    broker: BrokerUnderTest;
  },
  closers: (() => Promise<unknown>)[],
): Promise<Member[]> {
  const { dir, env, edgePorts, postgres, broker } = of;
  await mkdir(dir);
  const members: Member[] = [];
  for (const role of ['edge', 'worker', 'ticker'] as const) {
    for (let copy = 0; copy < copies; copy += 1) {
      const proxies = (urls: readonly string[]) => Promise.all(urls.map(address => startProxy(address)));
      const links = { postgres: await proxies([postgres.url]), broker: await proxies(broker.urls) };
      closers.push(() => Promise.all(Object.values(links).flatMap(nodes => nodes.map(proxy => proxy.stop()))));
      const [opsPort = 0] = await freePorts(1);
      const own = {
        DATABASE_URL: links.postgres.map(({ url }) => url).join(),
        BROKER_URL: links.broker.map(({ url }) => url).join(),
        OPS_PORT: String(opsPort),
        ...(role === 'edge' ? { PORT: String(edgePorts[copy]) } : {}),
      };
      const name = `${role}-${copy + 1}`;
      const healthUrl = `http://127.0.0.1:${opsPort}/healthz`;
      members.push(new Member({ name, role, entry: entries[role], env: { ...env, ...own }, healthUrl, dir, links }));
    }
  }
  return members;
}
