import { takeDueJobs } from '../db/core/relay.ts';
import type { Database } from '../db/connect.ts';
import type { Dispatch } from '../db/dispatch.ts';
import type { Broker } from '../shared/broker/broker.ts';
import type { Metrics } from '../shared/metrics.ts';

export interface RelayDeps {
  db: Database;
  broker: Broker;
  dispatch: Dispatch;
  metrics: Metrics;
}

/** Rows leased in one statement; also how many unconfirmed messages the relay alone can cause. */
const relayBatchRows = 500;

/**
 * Publishes what is due and nobody else has published: retries, delayed jobs, whatever the fast path skipped or the broker
 * lost. Leases rows first and publishes after the commit, so no row lock is held over a confirm. Any number of relays may
 * run; each takes other rows. True if there may be more.
 */
export async function relayOnce(deps: RelayDeps): Promise<boolean> {
  // While the broker is away a lease would only push the rows' due times out.
  if (deps.broker.state !== 'up') return false;
  const due = await takeDueJobs(deps.db, relayBatchRows);
  if (due.length === 0) return false;
  for (const { kind } of due) deps.metrics.relayed.inc({ kind });
  const confirmed = await deps.dispatch.publish(due);
  return due.length === relayBatchRows && confirmed > 0;
}
