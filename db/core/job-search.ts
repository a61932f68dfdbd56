import type { RecordedFault } from '../../shared/fault.ts';
import { type JobState, type JobStatus } from '../../shared/state.ts';
import { uuidV7Floor } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** A job in a list of operators: without what goes in and out. */
export interface FoundJob {
  id: string;
  kind: string;
  area: string;
  owner: string;
  tenant: string | null;
  state: JobState;
  attempt: number;
  maxAttempts: number;
  progress: number | null;
  cancelRequested: boolean;
  fault: RecordedFault | null;
  dueAt: Date | null;
  uniqueKey: string | null;
  /** The job that does the same anew, for one that ended badly. */
  retriedAs: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** All that is given must fit. */
export interface JobSearch {
  kind?: string | undefined;
  status?: JobStatus | undefined;
  owner?: string | undefined;
  tenant?: string | undefined;
  /** Made at or after, before: by the time in their ids, which is their maker's clock. */
  from?: Date | undefined;
  to?: Date | undefined;
  ids?: readonly string[] | undefined;
  /** Only live jobs have one. */
  uniqueKey?: string | undefined;
  /** The fault's code. */
  code?: string | undefined;
  /** Only jobs that were not posted anew. */
  isOpen?: boolean | undefined;
  /** Only jobs made before this one. */
  beforeId?: string | undefined;
  limit: number;
}

export interface JobPage {
  jobs: FoundJob[];
  /** Where to go on; null at the end. */
  nextBeforeId: string | null;
  /** The search stopped there because it had read enough, not because the page is full. */
  isCut: boolean;
}

/** How much a search reads before it says "search further". Windows grow from the first to the largest. */
export interface SearchBounds {
  firstWindowRows: number;
  maxWindowRows: number;
  /** A set with more rows is not read as a whole; windows are. */
  setRows: number;
  budgetMs: number;
}

/** The largest window takes some 10 ms where its rows are in memory, a set 25: with what is under way at its end, a page stays under 200 ms. */
const usualBounds: SearchBounds = { firstWindowRows: 250, maxWindowRows: 2_000, setRows: 5_000, budgetMs: 100 };

const settingsSql = sql('core/jobs/search-settings');
const setSql = sql('core/jobs/search-set');
const windowSql = sql('core/jobs/search-window');
const rowsSql = sql('core/jobs/search-rows');

type Order = 'time' | 'owner' | 'tenant' | 'kind' | 'fault';
type Found = Omit<JobPage, 'jobs'> & { ids: string[] };

const statesOf: Record<JobStatus, readonly JobState[]> = {
  queued: ['pending', 'queued'],
  running: ['running'],
  retrying: ['pending'],
  succeeded: ['succeeded'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

/**
 * Everyone's jobs, newest first, over however many millions. Named jobs, those that wait and those that run are sets that are
 * read as a whole; all else is read in windows along the indexes that fit, each in turn, until one of them has filled the page
 * or come to its end. None is ever read further than the bounds say, and no choice is left to the planner's statistics.
 */
export function searchJobs(db: Connection, search: JobSearch, bounds: SearchBounds = usualBounds): Promise<JobPage> {
  return db.tx(async tx => {
    await tx.one(settingsSql());
    const { ids, ...page } = (await readSet(tx, search, bounds)) ?? (await readWindows(tx, search, bounds));
    return { jobs: ids.length === 0 ? [] : await tx.any<FoundJob>(rowsSql({ ids })), ...page };
  });
}

/** Null if no set fits, or if it is too large. */
async function readSet(tx: Connection, search: JobSearch, { setRows }: SearchBounds): Promise<Found | null> {
  const { ids = null, uniqueKey = null, status } = search;
  const by = ids
    ? 'ids'
    : uniqueKey !== null
      ? 'uniqueKey'
      : status === 'running'
        ? 'running'
        : status === 'queued' || status === 'retrying'
          ? 'waiting'
          : null;
  if (by === null) return null;
  const set = { ...filterOf(search), by, ids, uniqueKey, setRows, limit: search.limit + 1 };
  const found = await tx.one<{ ids: string[]; rowsRead: number }>(setSql(set));
  const isSampled = by === 'waiting' || by === 'running';
  if (isSampled && found.rowsRead >= setRows) return null;
  return pageOf(found.ids, search.limit, null);
}

async function readWindows(tx: Connection, search: JobSearch, bounds: SearchBounds): Promise<Found> {
  const filter = filterOf(search);
  const reads = ordersOf(search).map(by => ({ by, ids: [] as string[], beforeId: filter.beforeId }));
  const untilMs = performance.now() + bounds.budgetMs;
  for (let round = 0; round < reads.length || performance.now() < untilMs; round += 1) {
    const read = reads[round % reads.length] as (typeof reads)[number];
    const windowRows = Math.min(bounds.firstWindowRows * 4 ** Math.floor(round / reads.length), bounds.maxWindowRows);
    const limit = search.limit + 1 - read.ids.length;
    const asked = { ...filter, by: read.by, beforeId: read.beforeId, windowRows, limit };
    const window = await tx.one<{ ids: string[]; windowRows: number; windowEnd: string | null }>(windowSql(asked));
    read.ids.push(...window.ids);
    const isEnd = window.windowRows < windowRows || window.windowEnd === null;
    if (isEnd || read.ids.length > search.limit) return pageOf(read.ids, search.limit, null);
    read.beforeId = window.windowEnd as string;
  }
  // Whichever index led furthest back: down to there its matches are all that there are.
  const furthest = reads.reduce((best, read) => (read.beforeId < best.beforeId ? read : best));
  return pageOf(furthest.ids, search.limit, furthest.beforeId);
}

/** @param found at most one more than the limit. */
function pageOf(found: readonly string[], limit: number, cutAt: string | null): Found {
  const ids = found.slice(0, limit);
  if (found.length > limit) return { ids, nextBeforeId: ids.at(-1) as string, isCut: false };
  return { ids, nextBeforeId: cutAt, isCut: cutAt !== null };
}

/** The indexes along which every match is met. */
function ordersOf({ owner, tenant, kind, status, code }: JobSearch): Order[] {
  const hasFault = code !== undefined || status === 'failed' || status === 'cancelled' || status === 'retrying';
  const orders: Order[] = [];
  if (owner !== undefined) orders.push('owner');
  if (tenant !== undefined) orders.push('tenant');
  if (kind !== undefined) orders.push('kind');
  if (hasFault) orders.push('fault');
  return orders.length > 0 ? orders : ['time'];
}

const afterEveryId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function filterOf({ kind, status, owner, tenant, from, to, code, isOpen, beforeId }: JobSearch) {
  const end = to ? uuidV7Floor(to.getTime()) : afterEveryId;
  return {
    kind: kind ?? null,
    owner: owner ?? null,
    tenant: tenant ?? null,
    code: code ?? null,
    states: status ? statesOf[status] : null,
    retrying: status === 'retrying' ? true : status === 'queued' ? false : null,
    isOpen: isOpen ?? false,
    fromId: uuidV7Floor(from?.getTime() ?? 0),
    beforeId: beforeId !== undefined && beforeId < end ? beforeId : end,
  };
}
