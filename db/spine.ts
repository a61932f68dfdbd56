import { setTimeout as delay } from 'node:timers/promises';
import { connectBroker } from '../shared/broker/connect.ts';
import type { Broker } from '../shared/broker/broker.ts';
import { loadCatalog, type Catalog } from '../shared/catalog.ts';
import { ConfigError, type Config } from '../shared/config.ts';
import type { Readiness } from '../shared/health-server.ts';
import { createLog, type Log } from '../shared/log.ts';
import { createMetrics, type Metrics } from '../shared/metrics.ts';
import { connectDatabase, dropIdle, isUnavailable, type Database } from './connect.ts';
import { requeueLostJobs } from './core/jobs.ts';
import { Dispatch } from './dispatch.ts';
import { checkSchema } from './migrate.ts';
import type { Settlers } from './settle.ts';
import { loadSettlers } from './settlers.ts';

/** What every process that touches jobs has: both pools, the broker, the way from one to the other. */
export interface Spine {
  config: Config;
  /** For routes and handlers. */
  db: Database;
  /** For the spine's own statements, which handlers must not starve. */
  spineDb: Database;
  broker: Broker;
  dispatch: Dispatch;
  catalog: Catalog;
  settlers: Settlers;
  log: Log;
  metrics: Metrics;
  ready: () => Promise<Readiness>;
  close: () => Promise<void>;
}

export interface SpineOptions {
  config: Config;
  /** The process's name in logs, metrics, and the lists of the database and the broker. */
  name: string;
  /** In place of the configured ones: tests bring kinds of their own. */
  catalog?: Catalog;
  settlers?: Settlers;
  log?: Log;
  /** In place of the one that the address names: tests share a memory broker among spines. */
  connect?: typeof connectBroker;
  /** A process beside others: it refuses the memory broker, which they could not hear. */
  apart?: boolean;
}

const requeueBatchRows = 5_000;

/** Opens a spine. Rejects if the database is away or its schema is not this build's; a broker may be away. */
export async function openSpine(options: SpineOptions): Promise<Spine> {
  const { config, name } = options;
  const { databaseUrl, brokerUrl } = requireServices(config, options.apart ?? false);
  const log = options.log ?? createLog({ level: config.logLevel, name });
  const metrics = createMetrics({ process: name });
  const catalog = options.catalog ?? loadCatalog({ echoKinds: config.echoKinds ?? config.nodeEnv !== 'production' });
  const onError = (error: Error) => log.warn({ err: error }, 'an idle database connection was lost');
  const db = connectDatabase({
    url: databaseUrl,
    maxConnections: config.dbPoolSize,
    applicationName: `millrace-${name}`,
    onError,
  });
  const spineDb = connectDatabase({
    url: databaseUrl,
    maxConnections: config.spinePoolSize,
    applicationName: `millrace-${name}-spine`,
    indexLookupsOnly: true,
    onError,
    // The same server, and the spine hears of its silence first.
    onSilence: () => dropIdle(db),
  });
  metrics.watchPool('work', db.$pool);
  metrics.watchPool('spine', spineDb.$pool);
  metrics.watchDatabase(() => answersSoon(spineDb));
  metrics.expectKinds(catalog.keys());
  try {
    await checkSchema(db);
  } catch (error) {
    await Promise.all([db.$pool.end(), spineDb.$pool.end()]);
    throw error;
  }
  const broker = await (options.connect ?? connectBroker)({
    url: brokerUrl,
    pubsubEmulatorHost: config.pubsubEmulatorHost,
    kinds: [...catalog.keys()],
    connectionName: `millrace-${name}`,
    deliveryLimit: config.deliveryLimit,
    onStateChange: (state, why) => {
      metrics.brokerUp.set(state === 'up' ? 1 : 0);
      log[state === 'up' || state === 'closed' ? 'info' : 'warn']({ state, why }, 'the broker changed its state');
    },
    onQueueCreated: kind => void refill(spineDb, kind, log),
  });
  metrics.brokerUp.set(broker.state === 'up' ? 1 : 0);
  const dispatch = new Dispatch({ db: spineDb, broker, catalog, log, metrics });
  return {
    config,
    db,
    spineDb,
    broker,
    dispatch,
    catalog,
    settlers: options.settlers ?? loadSettlers(config),
    log,
    metrics,
    ready: () => readiness(spineDb, broker),
    close: async () => {
      await dispatch.close();
      await broker.close();
      await Promise.all([db.$pool.end(), spineDb.$pool.end()]);
    },
  };
}

/** A queue that had to be made is empty, whatever rows believe to be in it. */
async function refill(db: Database, kind: string, log: Log): Promise<void> {
  try {
    let refilled = 0;
    for (let count = requeueBatchRows; count === requeueBatchRows; refilled += count) {
      count = await requeueLostJobs(db, kind, 0, requeueBatchRows);
    }
    if (refilled > 0) log.warn({ kind, jobs: refilled }, "the kind's queue was gone; its jobs will be published again");
  } catch (error) {
    // The ticker sees an empty queue beside waiting rows and does the same.
    log.error({ err: error, kind }, 'refilling a new queue failed');
  }
}

const scrapePatienceMs = 2_000;

/** A database that hangs must not hold a scrape. */
async function answersSoon(db: Database): Promise<boolean> {
  const asked = db.one('select 1 as up').then(
    () => true,
    () => false,
  );
  return Promise.race([asked, delay(scrapePatienceMs, false, { ref: false })]);
}

async function readiness(db: Database, broker: Broker): Promise<Readiness> {
  try {
    await db.one('select 1 as up');
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return { status: 'not_ready', reasons: ['the database is away'] };
  }
  return broker.state === 'up'
    ? { status: 'ready', reasons: [] }
    : { status: 'degraded', reasons: [`the broker is ${broker.state}: work is accepted and waits`] };
}

function requireServices(config: Config, apart: boolean): { databaseUrl: string; brokerUrl: string } {
  const { databaseUrl, brokerUrl } = config;
  const missing: string[] = [];
  if (databaseUrl === undefined)
    missing.push('DATABASE_URL: needed by a process on its own ("npm start" brings everything)');
  if (brokerUrl === undefined)
    missing.push('BROKER_URL: needed by a process on its own ("npm start" brings everything)');
  if (apart && brokerUrl?.startsWith('memory:')) missing.push('BROKER_URL: memory: carries nothing between processes');
  if (databaseUrl === undefined || brokerUrl === undefined || missing.length > 0) throw new ConfigError(missing);
  return { databaseUrl, brokerUrl };
}
