import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import { Dispatch } from '../../../db/dispatch.ts';
import { createUser, type MarketplaceRole } from '../../../db/marketplace/users.ts';
import { createApp } from '../../../edge/app.ts';
import { marketplaceSurface } from '../../../edge/marketplace/surface.ts';
import type { EdgeServices } from '../../../edge/services.ts';
import type { StripeSandbox } from '../../../ops/sandbox/stripe/server.ts';
import { MemoryBroker } from '../../../shared/broker/memory.ts';
import { loadCatalog } from '../../../shared/catalog.ts';
import { type Config, readConfig } from '../../../shared/config.ts';
import { createLog } from '../../../shared/log.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { hashPassword } from '../../../shared/password.ts';
import { createDatabase } from '../../support/database.ts';
import { type Outside, startOutside } from '../../support/outside.ts';

export const password = 'SecureP@ssw0rd';
export const liveHookSecret = 'what the RTMP server shows in 32 characters';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
  body: any;
}

export interface Marketplace {
  url: string;
  db: Database;
  config: Config;
  broker: MemoryBroker;
  sandbox: StripeSandbox;
  outside: Outside;
  draining: AbortController;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A new user with both tokens. */
  join(
    role?: MarketplaceRole,
  ): Promise<{ id: string; email: string; username: string; token: string; refreshToken: string }>;
  stop(): Promise<void>;
}

interface CallOptions {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

/** The marketplace surface over real HTTP, a database of its own, the provider's sandbox, and a broker in memory. */
export async function serveMarketplace(env: Record<string, string> = {}): Promise<Marketplace> {
  const database = await createDatabase();
  const db = connectDatabase({ url: database.url, maxConnections: 10, applicationName: 'test' });
  const jwtSecret = randomBytes(24).toString('hex');
  const outside = await startOutside({ jwtSecret });
  const { stripe: sandbox } = outside;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  const url = `http://127.0.0.1:${address.port}`;
  const config = readConfig({
    NODE_ENV: 'test',
    JWT_SECRET: jwtSecret,
    ENCRYPTION_KEY: randomBytes(24).toString('hex'),
    LIVE_HOOK_SECRET: liveHookSecret,
    HYPERSWITCH_WEBHOOK_SECRET: outside.hyperswitch.webhookSecret,
    LOG_LEVEL: 'silent',
    DATA_DIR: '.',
    PUBLIC_URL: url,
    REQUESTS_PER_MINUTE: '100000',
    ...env,
  });
  const log = createLog({ level: config.logLevel, name: 'test' });
  const metrics = createMetrics({ process: 'test' });
  const broker = new MemoryBroker();
  const catalog = loadCatalog({ echoKinds: true });
  const dispatch = new Dispatch({ db, broker, catalog, log, metrics });
  const { ports } = outside;
  outside.setEdgeUrl(url);
  const draining = new AbortController();
  const edge = { draining: draining.signal, config, db, broker, dispatch, catalog, log, metrics, ports };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what these routes use
  const app = createApp(edge as Partial<EdgeServices> as EdgeServices, [marketplaceSurface()]);
  const answer = app.callback();
  server.on('request', (request, response) => void answer(request, response));

  async function call(method: string, path: string, { body, token, headers = {} }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
  }

  return {
    url,
    db,
    config,
    broker,
    sandbox,
    outside,
    draining,
    call,
    async join(role = 'user') {
      const name = randomUUID().slice(0, 18);
      const email = `${name}@example.com`;
      const user = await createUser(db, { username: name, email, passwordHash: await hashPassword(password), role });
      if (!user) throw new Error('the name was taken');
      const { data } = (await call('POST', '/api/v1/auth/login', { body: { email, password } })).body;
      return { id: user.id, email, username: name, token: data.access_token, refreshToken: data.refresh_token };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await dispatch.close();
      await outside.stop();
      if (!db.$pool.ended) await db.$pool.end();
      await database.drop();
    },
  };
}
