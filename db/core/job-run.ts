import type { RecordedFault } from '../../shared/fault.ts';
import type { JobRef } from '../../shared/message.ts';
import type { Outcome } from '../../shared/outcome.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** A job as the worker that claimed it sees it. */
export interface ClaimedJob {
  id: string;
  kind: string;
  version: number;
  area: string;
  owner: string;
  tenant: string | null;
  attempt: number;
  maxAttempts: number;
  claimNo: number;
  payload: unknown;
  requestId: string;
  trace: string | null;
  createdAt: Date;
  startedAt: Date;
}

const claimSql = sql('core/jobs/claim');
const unheardSql = sql('core/jobs/unheard-claims');
const completeSql = sql('core/jobs/complete');
const recordSql = sql('core/jobs/record');
const progressSql = sql('core/jobs/progress');
const cancelRequestsSql = sql('core/jobs/cancel-requests');
const lostSql = sql('core/jobs/of-lost-workers');

/** Claims what of `refs` is claimable, in one statement; answers in order, null for what is not ours to run. */
export async function claimJobs(
  db: Connection,
  worker: string,
  refs: readonly JobRef[],
): Promise<(ClaimedJob | null)[]> {
  const rows = await db.any<ClaimedJob>(
    claimSql({ worker, ids: refs.map(ref => ref.id), attempts: refs.map(ref => ref.attempt) }),
  );
  const claimed = new Map(rows.map(row => [row.id, row]));
  return refs.map(ref => {
    const row = claimed.get(ref.id) ?? null;
    claimed.delete(ref.id); // the same job twice in one batch is claimed once
    return row;
  });
}

/** Jobs that a claim of this worker has claimed without its hearing of it; answers in order. */
export async function findUnheardClaims(
  db: Connection,
  worker: string,
  refs: readonly JobRef[],
): Promise<(ClaimedJob | null)[]> {
  const rows = await db.any<ClaimedJob>(
    unheardSql({ worker, ids: refs.map(ref => ref.id), attempts: refs.map(ref => ref.attempt) }),
  );
  const found = new Map(rows.map(row => [row.id, row]));
  return refs.map(ref => found.get(ref.id) ?? null);
}

export interface Completion {
  id: string;
  claimNo: number;
  /** JSON text. */
  result: string;
}

/** Records successes in one statement; answers, in order, whether each still counted. */
export async function completeJobs(db: Connection, worker: string, items: readonly Completion[]): Promise<boolean[]> {
  const rows = await db.any<{ id: string }>(
    completeSql({
      worker,
      ids: items.map(item => item.id),
      claimNos: items.map(item => item.claimNo),
      results: items.map(item => item.result),
    }),
  );
  const done = new Set(rows.map(row => row.id));
  return items.map(item => done.has(item.id));
}

/** What is recorded of an attempt that did not succeed. */
export interface Ending {
  id: string;
  claimNo: number;
  outcome: Exclude<Outcome, { state: 'succeeded' }>;
  /** The runner died: the row travels and runs alone from now on. */
  rescued?: boolean;
}

/** Records failures, retries, releases and cancellations in one statement; answers, in order, what counted. */
export async function recordEndings(
  db: Connection,
  worker: string,
  endings: readonly Ending[],
): Promise<({ id: string; dueAt: Date | null } | null)[]> {
  const rows = await db.any<{ id: string; dueAt: Date | null }>(
    recordSql({
      worker,
      ids: endings.map(ending => ending.id),
      claimNos: endings.map(ending => ending.claimNo),
      states: endings.map(ending => ending.outcome.state),
      outcomes: endings.map(labelOf),
      faults: endings.map(ending => faultText(ending.outcome.fault)),
      delaysMs: endings.map(ending => (ending.outcome.state === 'pending' ? ending.outcome.delayMs : 0)),
      isolates: endings.map(ending => ending.rescued ?? false),
    }),
  );
  const recorded = new Map(rows.map(row => [row.id, row]));
  return endings.map(ending => recorded.get(ending.id) ?? null);
}

function labelOf({ outcome, rescued }: Ending): string {
  if (rescued) return 'rescued';
  return outcome.state === 'pending' ? outcome.why : outcome.state;
}

function faultText(fault: RecordedFault | null): string | null {
  return fault === null ? null : JSON.stringify(fault);
}

/** Writes the progress of running jobs, skipping those that somebody is ending. */
export async function writeProgress(
  db: Connection,
  items: readonly { id: string; claimNo: number; progress: number }[],
): Promise<void> {
  await db.none(
    progressSql({
      ids: items.map(item => item.id),
      claimNos: items.map(item => item.claimNo),
      values: items.map(item => item.progress),
    }),
  );
}

/** Which of a worker's running jobs somebody wants cancelled. */
export async function readCancelRequests(db: Connection, worker: string, ids: readonly string[]): Promise<string[]> {
  return (await db.any<{ id: string }>(cancelRequestsSql({ worker, ids }))).map(row => row.id);
}

export interface LostJob extends ClaimedJob {
  worker: string;
  cancelRequested: boolean;
}

/** Running jobs whose worker's lease has run out, at most `limit`. */
export function findLostJobs(db: Connection, limit: number): Promise<LostJob[]> {
  return db.any<LostJob>(lostSql({ limit }));
}
