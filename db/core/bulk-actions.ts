import { uuidV7, uuidV7Floor } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** One action on many jobs. */
export interface BulkActionRow {
  id: string;
  action: 'redrive';
  filter: BulkFilter;
  reason: string;
  /** It waits for a second operator's approval. */
  movesMoney: boolean;
  state: 'proposed' | 'running' | 'done' | 'stopped';
  /** Jobs that fitted when it was proposed. */
  total: number;
  done: number;
  /** Had ended, or were taken up by somebody else, meanwhile. */
  skipped: number;
  /** Could not be acted on. */
  failed: number;
  lastError: string | null;
  /** It goes from the newest job to the oldest; those from this one on are behind it. */
  nextBefore: string | null;
  createdBy: string;
  createdAt: Date;
  approvedBy: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
  stoppedBy: string | null;
}

/** Which jobs, of those with a fault: all that is given must fit. */
export interface BulkFilter {
  kind: string;
  /** The fault's code. */
  code?: string | undefined;
  /** ISO-8601: made at or after, before. */
  from?: string | undefined;
  to?: string | undefined;
  owner?: string | undefined;
  tenant?: string | undefined;
  /** These alone, at most 1,000. */
  ids?: string[] | undefined;
}

/** What a redrive finds in one window of the jobs with a fault, from the newest to the oldest. */
export interface RedriveWindow {
  jobs: number;
  /** Of `jobs`: wait for their next attempt. */
  retrying: number;
  /** The newest of `jobs`, at most `limit`. */
  ids: string[];
  /** Where to go on; null at the end. */
  nextBefore: string | null;
}

const listLiveSql = sql('core/bulk-actions/list-live');
const insertSql = sql('core/bulk-actions/insert');
const getSql = sql('core/bulk-actions/get');
const listSql = sql('core/bulk-actions/list');
const listRunningSql = sql('core/bulk-actions/list-running');
const approveSql = sql('core/bulk-actions/approve');
const stopSql = sql('core/bulk-actions/stop');
const finishSql = sql('core/bulk-actions/finish');
const advanceSql = sql('core/bulk-actions/advance');
const findJobsSql = sql('core/bulk-actions/find-jobs', { replan: true });
const lockForJobSql = sql('core/bulk-actions/lock-for-job');
const lockJobSql = sql('core/bulk-actions/lock-job');

const afterEveryId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const beforeEveryId = '00000000-0000-0000-0000-000000000000';

/** Those that are proposed or run, and those that ended a moment ago, the newest first. */
export function listLiveBulkActions(db: Connection): Promise<BulkActionRow[]> {
  return db.any<BulkActionRow>(listLiveSql());
}

/** Proposed if it moves money, else running. */
export function insertBulkAction(
  db: Connection,
  wish: Pick<BulkActionRow, 'filter' | 'reason' | 'movesMoney' | 'total' | 'createdBy'>,
): Promise<BulkActionRow> {
  return db.one<BulkActionRow>(insertSql({ ...wish, id: uuidV7(), filter: JSON.stringify(wish.filter) }));
}

export function getBulkAction(db: Connection, id: string): Promise<BulkActionRow | null> {
  return db.oneOrNone<BulkActionRow>(getSql({ id }));
}

/** Newest first. */
export function listBulkActions(db: Connection, beforeId: string | null, limit: number): Promise<BulkActionRow[]> {
  return db.any<BulkActionRow>(listSql({ beforeId: beforeId ?? afterEveryId, limit }));
}

export function listRunningBulkActions(db: Connection, limit: number): Promise<BulkActionRow[]> {
  return db.any<BulkActionRow>(listRunningSql({ limit }));
}

/** Null unless it is proposed, and by somebody else. */
export function approveBulkAction(db: Connection, id: string, approvedBy: string): Promise<BulkActionRow | null> {
  return db.oneOrNone<BulkActionRow>(approveSql({ id, approvedBy }));
}

/** Null if it has ended. */
export function stopBulkAction(db: Connection, id: string, stoppedBy: string): Promise<BulkActionRow | null> {
  return db.oneOrNone<BulkActionRow>(stopSql({ id, stoppedBy }));
}

/** Null if it has ended already. */
export function finishBulkAction(db: Connection, id: string): Promise<BulkActionRow | null> {
  return db.oneOrNone<BulkActionRow>(finishSql({ id }));
}

/** Whether an action still is to act on a job; if so its row is locked, and nobody else acts on any. */
export async function lockBulkActionForJob(db: Connection, id: string, jobId: string): Promise<boolean> {
  return (await db.oneOrNone(lockForJobSql({ id, jobId }))) !== null;
}

/** Whether a job is still one for a redrive; if so its row is locked. */
export async function lockJobToRedrive(db: Connection, bulkId: string, id: string): Promise<boolean> {
  return (await db.oneOrNone(lockJobSql({ id, bulkId }))) !== null;
}

/** Counts what was done, and moves on. Nothing happens where another ticker has gone further. */
export async function advanceBulkAction(
  db: Connection,
  id: string,
  step: { nextBefore: string; done?: number; skipped?: number; failed?: number; lastError?: string },
): Promise<void> {
  await db.oneOrNone(advanceSql({ id, done: 0, skipped: 0, failed: 0, lastError: null, ...step }));
}

/**
 * One window of what a redrive touches: jobs that have failed and were not posted anew, and jobs that wait for their next
 * attempt. `bulkId`: only with a fault that was there when that action was proposed.
 */
export async function findJobsToRedrive(
  db: Connection,
  filter: BulkFilter,
  page: { bulkId?: string; beforeId: string | null; windowRows: number; limit: number },
): Promise<RedriveWindow> {
  const { kind, code = null, from, to, owner = null, tenant = null, ids = null } = filter;
  const end = to === undefined ? afterEveryId : uuidV7Floor(Date.parse(to));
  const { windowRows, beforeId } = page;
  const found = await db.one<Omit<RedriveWindow, 'nextBefore'> & { windowRows: number; windowEnd: string | null }>(
    findJobsSql({
      kind,
      code,
      owner,
      tenant,
      ids,
      windowRows,
      fromId: from === undefined ? beforeEveryId : uuidV7Floor(Date.parse(from)),
      beforeId: beforeId !== null && beforeId < end ? beforeId : end,
      bulkId: page.bulkId ?? null,
      limit: page.limit,
    }),
  );
  return {
    jobs: found.jobs,
    retrying: found.retrying,
    ids: found.ids,
    nextBefore: found.windowRows === windowRows ? found.windowEnd : null,
  };
}
