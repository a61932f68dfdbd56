import type { RecordedFault } from '../../shared/fault.ts';
import type { DueJob } from '../../shared/message.ts';
import type { JobState, JobStatus } from '../../shared/state.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** A row of `core.jobs` as the edge and operators read it. */
export interface JobRow {
  id: string;
  kind: string;
  version: number;
  area: string;
  owner: string;
  tenant: string | null;
  state: JobState;
  attempt: number;
  maxAttempts: number;
  claimNo: number;
  isolate: boolean;
  cancelRequested: boolean;
  rev: number;
  progress: number | null;
  payload: unknown;
  result: unknown;
  fault: RecordedFault | null;
  dueAt: Date | null;
  queuedAt: Date | null;
  worker: string | null;
  uniqueKey: string | null;
  requestId: string;
  trace: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

const getSql = sql('core/jobs/get');
const changedSql = sql('core/jobs/changed');
const watchedSql = sql('core/jobs/watched');
// Two statements: an owner that may be null would keep a prepared plan from using the owner's index.
const listOwnSql = sql('core/jobs/list-own');
const listAllSql = sql('core/jobs/list-all');
const endUnclaimedSql = sql('core/jobs/end-unclaimed');
const requestCancelSql = sql('core/jobs/request-cancel');
const pullSql = sql('core/jobs/pull');
const byUniqueKeySql = sql('core/jobs/by-unique-key');
const liveOfOwnerSql = sql('core/jobs/live-of-owner');
const reapSql = sql('core/jobs/reap');
const requeueLostSql = sql('core/jobs/requeue-lost');
const backlogSql = sql('core/jobs/backlog');
const oldestDueSql = sql('core/jobs/oldest-due');
const attemptsSql = sql('core/job-attempts/list');

export function getJob(db: Connection, id: string): Promise<JobRow | null> {
  return db.oneOrNone<JobRow>(getSql({ id }));
}

/** In no order; those that are not there are left out. */
export function listJobsByIds(db: Connection, ids: readonly string[]): Promise<JobRow[]> {
  return ids.length === 0 ? Promise.resolve([]) : db.any<JobRow>(watchedSql({ ids }));
}

/** The rows among `seen` whose revision is no longer the one given. */
export function changedJobs(db: Connection, seen: readonly { id: string; rev: number }[]): Promise<JobRow[]> {
  return db.any<JobRow>(changedSql({ ids: seen.map(job => job.id), revs: seen.map(job => job.rev) }));
}

export interface JobFilter {
  /** Null: everyone's, for operators. */
  owner: string | null;
  kind: string | null;
  status: JobStatus | null;
  /** The kinds that the asker may see. */
  kinds: readonly string[];
  /** Only rows made before this id. */
  beforeId: string | null;
  limit: number;
}

const listWindowRows = 5_000;
const afterEveryId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Newest first. `nextBeforeId` is null at the end; a page may be short, even empty, and still have a next one. */
export async function listJobs(
  db: Connection,
  filter: JobFilter,
): Promise<{ jobs: JobRow[]; nextBeforeId: string | null }> {
  const { owner, kind, status, kinds, beforeId, limit } = filter;
  const states: JobState[] | null =
    status === null
      ? null
      : status === 'queued'
        ? ['pending', 'queued']
        : status === 'retrying'
          ? ['pending']
          : [status];
  const window = {
    beforeId: beforeId ?? afterEveryId,
    windowRows: listWindowRows,
    kind,
    states,
    retrying: status === 'retrying' ? true : status === 'queued' ? false : null,
    kinds,
    limit,
  };
  const rows = await db.any<JobRow & { windowRows: number; windowEnd: string | null }>(
    owner === null ? listAllSql(window) : listOwnSql({ ...window, owner }),
  );
  const jobs = rows.filter(row => row.id !== null);
  const last = jobs[jobs.length - 1];
  const { windowRows = 0, windowEnd = null } = rows[0] ?? {};
  if (jobs.length === limit && last) return { jobs, nextBeforeId: last.id };
  return { jobs, nextBeforeId: windowRows === listWindowRows ? windowEnd : null };
}

/** Ends a job that no worker holds. Null if one does, or if it has ended. Call `settle` in the same transaction. */
export function endUnclaimedJob(
  db: Connection,
  id: string,
  state: 'failed' | 'cancelled',
  fault: RecordedFault,
): Promise<JobRow | null> {
  return db.oneOrNone<JobRow>(endUnclaimedSql({ id, state, fault: JSON.stringify(fault) }));
}

/** Asks the worker that runs a job to stop it; it hears of that with its next heartbeat. Null if the job isn't running. */
export function requestCancel(db: Connection, id: string): Promise<JobRow | null> {
  return db.oneOrNone<JobRow>(requestCancelSql({ id }));
}

/** Makes a waiting job due now; nudge it after the commit. Null if it isn't waiting. */
export function pullJob(db: Connection, id: string): Promise<DueJob | null> {
  return db.oneOrNone<DueJob>(pullSql({ id }));
}

export function findLiveJob(
  db: Connection,
  uniqueKey: string,
): Promise<{ id: string; kind: string; state: JobState; attempt: number } | null> {
  return db.oneOrNone(byUniqueKeySql({ uniqueKey }));
}

/** How many jobs of an owner wait, counted no further than `limit`. */
export async function countLiveJobs(db: Connection, owner: string, limit: number): Promise<number> {
  return (await db.one<{ live: number }>(liveOfOwnerSql({ owner, limit }))).live;
}

/** Takes jobs of a kind back from a broker that no longer has them: pending and due now. Answers how many. */
export async function requeueLostJobs(
  db: Connection,
  kind: string,
  olderThanMs: number,
  limit: number,
): Promise<number> {
  return (await db.any(requeueLostSql({ kind, olderThanMs, limit }))).length;
}

/** Deletes final jobs made before `beforeId` and ended more than `keepMs` ago, at most `limit`. Answers how many. */
export async function reapJobs(db: Connection, beforeId: string, keepMs: number, limit: number): Promise<number> {
  return (await db.any(reapSql({ beforeId, keepMs, limit }))).length;
}

export interface KindBacklog {
  kind: string;
  waiting: number;
  oldestS: number;
}

/** What waits, by kind, counted no further than `limit` rows in all. */
export function readBacklog(db: Connection, limit: number): Promise<KindBacklog[]> {
  return db.any<KindBacklog>(backlogSql({ limit }));
}

/** Seconds since the oldest overdue job fell due; 0 when none is overdue. */
export async function readRelayLagS(db: Connection): Promise<number> {
  return (await db.one<{ lagS: number | null }>(oldestDueSql())).lagS ?? 0;
}

export interface AttemptRow {
  claimNo: number;
  attempt: number;
  worker: string | null;
  outcome: 'retry' | 'released' | 'rescued' | 'failed' | 'cancelled';
  fault: RecordedFault | null;
  startedAt: Date | null;
  endedAt: Date;
}

export function listAttempts(db: Connection, jobId: string): Promise<AttemptRow[]> {
  return db.any<AttemptRow>(attemptsSql({ jobId }));
}
