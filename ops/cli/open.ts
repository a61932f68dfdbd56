import { setTimeout as delay } from 'node:timers/promises';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { checkSchema } from '../../db/migrate.ts';
import type { Settlers } from '../../db/settle.ts';
import { loadSettlers } from '../../db/settlers.ts';
import { openSpine, type Spine } from '../../db/spine.ts';
import type { Outlet } from '../../db/transact.ts';
import type { Broker } from '../../shared/broker/broker.ts';
import { loadCatalog, type Catalog } from '../../shared/catalog.ts';
import { ConfigError, readConfig, type Config } from '../../shared/config.ts';
import { createLog } from '../../shared/log.ts';
import { RelayOutlet } from './relay-outlet.ts';
import { besideRunning } from './run-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The rows and what acting on them needs, without a broker: what is to be published the relay publishes. */
export interface Rows {
  config: Config;
  db: Database;
  dispatch: Outlet;
  catalog: Catalog;
  settlers: Settlers;
}

/** Opens the database for one command. Rejects if it is away or not at this build's schema. */
export async function withRows<T>(env: Environment, work: (rows: Rows) => Promise<T>): Promise<T> {
  const config = readConfig(besideRunning(env));
  const db = connectDatabase({ url: databaseUrlOf(config), maxConnections: 2, applicationName: 'millrace-ops' });
  const dispatch = new RelayOutlet(db);
  try {
    await checkSchema(db);
    const catalog = loadCatalog({ echoKinds: config.echoKinds ?? config.nodeEnv !== 'production' });
    return await work({ config, db, dispatch, catalog, settlers: loadSettlers(config) });
  } finally {
    await dispatch.close();
    await db.$pool.end();
  }
}

/** Opens the database and the broker for one command. */
export async function withSpine<T>(env: Environment, work: (spine: Spine) => Promise<T>): Promise<T> {
  const config = readConfig(besideRunning(env));
  const small: Config = { ...config, dbPoolSize: 2, spinePoolSize: 4 };
  const spine = await openSpine({ config: small, name: 'ops', log: createLog({ level: 'silent', name: 'ops' }) });
  try {
    await settled(spine.broker);
    return await work(spine);
  } finally {
    await spine.close();
  }
}

const brokerPatienceMs = 5_000;

/** A spine opens without waiting for its broker, but one command has no second chance to ask. An unreachable broker is reported as that. */
async function settled(broker: Broker): Promise<void> {
  const deadlineMs = performance.now() + brokerPatienceMs;
  while (broker.state === 'connecting' && performance.now() < deadlineMs) await delay(20);
}

/** The configured database. Throws `ConfigError`. */
export function databaseUrlOf(config: Config): string {
  if (config.databaseUrl === undefined) throw new ConfigError(['DATABASE_URL: required']);
  return config.databaseUrl;
}
