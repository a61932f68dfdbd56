import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';
import { callApi } from '../demo-data/api.ts';
import type { FaultySystem } from './system.ts';

const lookEveryMs = 1_000;
/** Retries are minutes apart, and some of an hour: time is made to pass faster, but not so fast that tries run out. */
const hastenEveryMs = 8_000;

/** What still moves, as text for the report; empty when nothing does. */
export async function readRestless(db: Database): Promise<string[]> {
  const rows = await db.any<{ what: string; n: number }>(`
    select 'job ' || kind || ' ' || state as what, count(*) as n from core.jobs where finished_at is null group by 1
    union all select 'order ' || status, count(*) from marketplace.orders where status in ('pending', 'refund_pending') group by 1
    union all select 'refund pending', count(*) from marketplace.refunds where status = 'pending' group by 1
    union all select 'transfer ' || status || ' ' || call, count(*) from marketplace.transfers
      where status in ('pending', 'failed', 'reversal_pending', 'reversal_failed') or call <> 'none' group by 1
    union all select 'webhook not acted on', count(*) from marketplace.payment_events where handled_at is null group by 1
    union all select 'export pending', count(*) from marketplace.exports where status = 'pending' group by 1
    union all select 'message ' || channel || ' ' || status, count(*) from fieldservice.notifications where status = 'queued' group by 1
    union all select 'verification ' || status, count(*) from workforce.verifications where status in ('PENDING', 'PROCESSING') group by 1
    union all select 'lost worker', count(*) from core.workers
      where lease_until < now() and lost_at is null and stopped_at is null
    order by 1`);
  return rows.filter(({ n }) => n > 0).map(({ what, n }) => `${what}: ${n}`);
}

/** Lets everything come to rest. Resolves to what has not when the time is up. */
export async function settle(
  system: FaultySystem,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<string[]> {
  const { db, sandbox, url } = system;
  const deadlineMs = performance.now() + timeoutMs;
  for (let hastenedMs = -Infinity; ; ) {
    const restless = await readRestless(db);
    if (restless.length === 0 || performance.now() > deadlineMs) return restless;
    if (performance.now() - hastenedMs > hastenEveryMs) {
      hastenedMs = performance.now();
      // Webhooks that wait for their next try go out now.
      const body = { url: `${url}/api/v1/webhooks/hyperswitch` };
      await callApi('POST', `${sandbox.hyperswitch}/_sandbox/webhook-url`, { body });
      await hasten(db);
    }
    await delay(lookEveryMs, undefined, { signal });
  }
}

/** As if an hour had passed: what is due later is due now, and a second look at a payment is far enough from the first. */
async function hasten(db: Database): Promise<void> {
  await db.none('update core.jobs set due_at = now() where due_at > now()');
  for (const statement of [
    "update marketplace.transfers set absent_read_at = absent_read_at - interval '1 hour' where absent_read_at is not null",
    "update marketplace.orders set check_at = check_at - interval '1 hour' where check_at is not null",
    "update marketplace.refunds set check_at = check_at - interval '1 hour' where check_at is not null",
  ])
    await db.none(statement);
}
