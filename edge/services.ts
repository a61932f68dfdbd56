import type { Broker } from '../shared/broker/broker.ts';
import type { Catalog } from '../shared/catalog.ts';
import type { Config } from '../shared/config.ts';
import type { Log } from '../shared/log.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { Ports } from '../shared/ports/ports.ts';
import type { Database } from '../db/connect.ts';
import type { Dispatch } from '../db/dispatch.ts';
import type { Settlers } from '../db/settle.ts';
import type { Accept, LiveCap } from './submit.ts';
import type { Watcher } from './watch.ts';

/** What an edge process has for its routes. Made once, in `app.ts`. */
export interface EdgeServices {
  config: Config;
  /** Routes' own work. */
  db: Database;
  /** The spine's statements: inserts, look-ups by key, watching. A pool apart. */
  spineDb: Database;
  broker: Broker;
  dispatch: Dispatch;
  catalog: Catalog;
  settlers: Settlers;
  accept: Accept;
  liveCap: LiveCap;
  watcher: Watcher;
  ports: Ports;
  log: Log;
  metrics: Metrics;
  /** Aborted when this process is asked to end: streams and waits end early. */
  draining: AbortSignal;
}
