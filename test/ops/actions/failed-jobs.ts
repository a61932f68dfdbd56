import type { BulkActionRow } from '../../../db/core/bulk-actions.ts';
import { getBulk } from '../../../ops/actions/bulk.ts';
import { runBulkOnce } from '../../../ops/ticker/run-bulk.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import type { Rows } from './rows.ts';

/** What may differ among jobs that have failed. */
export interface FailedJob {
  id?: string;
  kind?: string;
  code?: string;
  owner?: string;
  tenant?: string;
  /** `pending`: waits an hour for its next attempt. */
  state?: 'failed' | 'pending' | 'cancelled';
  version?: number;
}

/** Writes jobs that have failed as rows, without running them. Answers their ids, the oldest first. */
export async function insertFailed(rows: Pick<Rows, 'db'>, count: number, given: FailedJob = {}): Promise<string[]> {
  const {
    kind = 'noop',
    code = 'broken',
    owner = 'service/test',
    tenant = 'acme',
    state = 'failed',
    version = 1,
  } = given;
  const ids = Array.from({ length: count }, () => given.id ?? uuidV7()).toSorted();
  await rows.db.none(
    `insert into core.jobs (id, kind, version, area, owner, tenant, state, attempt, claim_no, max_attempts, payload, fault, due_at,
       request_id, started_at, finished_at)
     select id, $2, $3, 'core', $4, $5, $6, 1, 1, 5, '{}', $7::jsonb, case when $6 = 'pending' then now() + interval '1 hour' end,
       id, now(), case when $6 <> 'pending' then now() end
     from unnest($1::uuid[]) as job(id)`,
    [ids, kind, version, owner, tenant, state, JSON.stringify({ code, message: 'It broke.' })],
  );
  return ids;
}

/** Runs what is to be done for many jobs until an action has ended. */
export async function runToEnd(rows: Parameters<typeof runBulkOnce>[0], id: string): Promise<BulkActionRow> {
  for (;;) {
    const more = await runBulkOnce(rows);
    const bulk = await getBulk(rows, id);
    if (!more || bulk.endedAt) return bulk;
  }
}

/** How often each of these jobs was posted anew. */
export async function countRetries(rows: Pick<Rows, 'db'>, ids: readonly string[]): Promise<number[]> {
  const counts = await rows.db.any<{ times: number }>(
    `select (select count(*) from core.audit where action = 'job.retry' and subject = job.id::text) as times
     from unnest($1::uuid[]) with ordinality as job(id, place) order by place`,
    [ids],
  );
  return counts.map(row => row.times);
}
