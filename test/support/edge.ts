import { connectDatabase, type Database } from '../../db/connect.ts';
import { createServiceKey } from '../../db/core/service-keys.ts';
import { openSpine, type Spine } from '../../db/spine.ts';
import { startEdge, type Edge } from '../../edge/server.ts';
import type { Surface } from '../../edge/surface.ts';
import { catalogOf, loadCatalog } from '../../shared/catalog.ts';
import { readConfig } from '../../shared/config.ts';
import type { AnySpec } from '../../shared/job.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { AnyHandler } from '../../workers/handler.ts';
import { loadRegistry } from '../../workers/registry.ts';
import { startWorker } from '../../workers/start.ts';
import { createDatabase } from './database.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
  body: any;
}

export interface CallOptions {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

export interface ServedEdge {
  url: string;
  edge: Edge;
  spine: Spine;
  /** To look with; the edge has pools of its own. */
  db: Database;
  /** A new service key's text. */
  key(options?: { kinds?: readonly string[]; operator?: boolean }): Promise<string>;
  call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  stop(): Promise<void>;
}

export interface ServeOptions {
  env?: Record<string, string>;
  /** Beside the product's own. */
  kinds?: readonly AnySpec[];
  handlers?: readonly [string, AnyHandler][];
  surfaces?: readonly Surface[];
  ports?: Ports;
  /** False: nobody does the work. */
  worker?: boolean;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these handlers touch no port
const noPorts = {} as Ports;

/** An edge over real HTTP and a database of its own, with a worker beside it and a broker in memory between them. */
export async function serveEdge(options: ServeOptions = {}): Promise<ServedEdge> {
  const database = await createDatabase();
  const config = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    BROKER_URL: 'memory:',
    JWT_SECRET: 'a secret of thirty-two characters',
    ENCRYPTION_KEY: 'a secret of thirty-two characters',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: '.',
    // A cancel reaches a running job with a heartbeat: a fifth of the lease.
    LEASE_MS: '1000',
    RELAY_EVERY_MS: '50',
    REQUESTS_PER_MINUTE: '1000000',
    ...options.env,
  });
  const ports = options.ports ?? noPorts;
  const spine = await openSpine({
    config,
    name: 'test',
    catalog: catalogOf([...loadCatalog({ echoKinds: true }).values(), ...(options.kinds ?? [])]),
  });
  const registry = new Map([...loadRegistry(config), ...(options.handlers ?? [])]);
  const worker = options.worker === false ? null : await startWorker(spine, ports, { registry });
  const edge = await startEdge(spine, ports, options.surfaces ? { surfaces: options.surfaces } : {});
  const db = connectDatabase({ url: database.url, maxConnections: 3, applicationName: 'test-looking' });

  async function call(method: string, path: string, { body, token, headers = {} }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(edge.url + path, {
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
    const json = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: json && text !== '' ? JSON.parse(text) : undefined,
    };
  }

  return {
    url: edge.url,
    edge,
    spine,
    db,
    call,
    async key({ kinds = ['*'], operator = false } = {}) {
      return (await createServiceKey(db, { name: 'test', kinds, operator })).key;
    },
    async stop() {
      await edge.stop(500);
      await worker?.stop(200);
      await spine.close();
      await db.$pool.end();
      await database.drop();
    },
  };
}
