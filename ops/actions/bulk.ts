import { z } from 'zod';
import type { Connection } from '../../db/connect.ts';
import {
  approveBulkAction,
  type BulkActionRow,
  type BulkFilter,
  findJobsToRedrive,
  getBulkAction,
  insertBulkAction,
  listBulkActions,
  stopBulkAction,
} from '../../db/core/bulk-actions.ts';
import { type JobRow, listJobsByIds } from '../../db/core/jobs.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { maskSecrets } from './mask-secrets.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** Which jobs a redrive is for. */
export const bulkFilterSchema = z.strictObject({
  kind: z.string().min(1).max(60),
  code: z.string().min(1).max(200).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  owner: z.string().min(1).max(200).optional(),
  tenant: z.string().min(1).max(200).optional(),
  ids: z.array(z.uuid()).min(1).max(1_000).optional(),
});

export interface BulkDeps extends TransactDeps {
  catalog: Catalog;
}

/** Counting stops here: a total that reads it means "at least". */
export const maxCountedJobs = 100_000;
const windowRows = 25_000;
/** A million jobs with a fault are looked through, no more. */
const maxWindows = 40;
const sampleJobs = 5;
const maxReasonLength = 500;

export interface RedrivePreview {
  /** Jobs that would be touched. */
  total: number;
  /** They are more than `total`. */
  capped: boolean;
  /** Of `total`: wait for their next attempt, which comes at once. The others are posted anew. */
  retrying: number;
  movesMoney: boolean;
  /** The newest, at most five, with their secrets masked. */
  sample: JobRow[];
}

/**
 * A dry run: counts what a redrive would touch, by the index of jobs with a fault, and shows a few. Faults: `not_found` for a
 * kind that this build doesn't know; `unprocessable` where too many jobs would have to be looked through.
 */
export async function previewRedrive(
  deps: { db: Connection; catalog: Catalog },
  filter: BulkFilter,
): Promise<RedrivePreview> {
  const spec = deps.catalog.get(filter.kind);
  if (!spec) throw new Fault('not_found', `There is no kind "${filter.kind}".`);
  let [total, retrying] = [0, 0];
  const ids: string[] = [];
  let beforeId: string | null = null;
  for (let window = 0; ; window += 1) {
    if (window === maxWindows)
      throw new Fault('unprocessable', 'Too many failures would have to be looked through: narrow it by time.');
    const found = await findJobsToRedrive(deps.db, filter, { beforeId, windowRows, limit: sampleJobs - ids.length });
    total += found.jobs;
    retrying += found.retrying;
    ids.push(...found.ids);
    beforeId = found.nextBefore;
    if (beforeId === null || total >= maxCountedJobs) break;
  }
  const sample = await readMasked(deps.db, ids);
  const capped = total >= maxCountedJobs;
  return { total: Math.min(total, maxCountedJobs), capped, retrying, movesMoney: spec.movesMoney ?? false, sample };
}

const pageWindowRows = 5_000;
const maxPageWindows = 20;

/**
 * The jobs that a redrive would touch, newest first, with their secrets masked. `nextBeforeId` is null at the end; a search for
 * something rare may stop before it.
 */
export async function findRedrivable(
  deps: { db: Connection },
  filter: BulkFilter,
  page: { beforeId?: string | undefined; limit: number },
): Promise<{ jobs: JobRow[]; nextBeforeId: string | null }> {
  const ids: string[] = [];
  let beforeId = page.beforeId ?? null;
  for (let window = 0; window < maxPageWindows; window += 1) {
    const limit = page.limit - ids.length;
    const found = await findJobsToRedrive(deps.db, filter, { beforeId, windowRows: pageWindowRows, limit });
    ids.push(...found.ids);
    beforeId = found.jobs > found.ids.length ? (ids.at(-1) ?? null) : found.nextBefore;
    if (beforeId === null || ids.length >= page.limit) break;
  }
  return { jobs: await readMasked(deps.db, ids), nextBeforeId: beforeId };
}

async function readMasked(db: Connection, ids: readonly string[]): Promise<JobRow[]> {
  const jobs = await listJobsByIds(db, ids);
  return jobs
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .map(job => ({ ...job, payload: maskSecrets(job.payload), result: maskSecrets(job.result) }));
}

/**
 * Wants failed jobs to be done again, and those that wait for their next attempt to be tried at once. The ticker begins at
 * once, but waits for a second operator where the kind moves money. What fails after this moment is not touched. The operator
 * must say why. Faults: as `previewRedrive`; `invalid`; `conflict` where nothing fits.
 */
export async function proposeRedrive(deps: BulkDeps, filter: BulkFilter, operator: Operator): Promise<BulkActionRow> {
  const parsed = bulkFilterSchema.safeParse(filter);
  if (!parsed.success) throw new Fault('invalid', z.prettifyError(parsed.error));
  const reason = operator.reason?.trim() ?? '';
  if (reason === '' || reason.length > maxReasonLength)
    throw new Fault('invalid', `Say why, in at most ${maxReasonLength} characters.`);
  return transact(deps, async tx => {
    // In the action's own transaction: its moment is the one up to which failures count.
    const { total, movesMoney } = await previewRedrive({ db: tx, catalog: deps.catalog }, parsed.data);
    if (total === 0) throw new Fault('conflict', 'No failed job fits; there is nothing to redrive.');
    const bulk = await insertBulkAction(tx, {
      filter: parsed.data,
      reason,
      movesMoney,
      total,
      createdBy: operator.actor,
    });
    await traceBulk(tx, operator, 'bulk.propose', bulk, total);
    return bulk;
  });
}

/** Lets a proposed action begin. Faults: `not_found`; `forbidden` for whoever proposed it; `conflict` if it is not proposed. */
export function approveBulk(deps: TransactDeps, { id }: { id: string }, operator: Operator): Promise<BulkActionRow> {
  return transact(deps, async tx => {
    const approved = await approveBulkAction(tx, id, operator.actor);
    if (!approved) {
      const { state, createdBy } = await getBulk({ db: tx }, id);
      if (state !== 'proposed') throw new Fault('conflict', `It is ${state} already.`);
      throw new Fault('forbidden', `${createdBy} proposed this; somebody else must approve it.`);
    }
    await traceBulk(tx, operator, 'bulk.approve', approved, approved.total);
    return approved;
  });
}

/** Ends an action after the job that is under way; what is done stays done. Faults: `not_found`; `conflict` if it has ended. */
export function stopBulk(deps: TransactDeps, { id }: { id: string }, operator: Operator): Promise<BulkActionRow> {
  return transact(deps, async tx => {
    const stopped = await stopBulkAction(tx, id, operator.actor);
    if (!stopped) {
      const { state } = await getBulk({ db: tx }, id);
      throw new Fault('conflict', `It is ${state} already.`);
    }
    await traceBulk(tx, operator, 'bulk.stop', stopped, stopped.done);
    return stopped;
  });
}

/** Throws `Fault('not_found')`. */
export async function getBulk(deps: { db: Connection }, id: string): Promise<BulkActionRow> {
  const bulk = await getBulkAction(deps.db, id);
  if (!bulk) throw new Fault('not_found', 'There is no such bulk action.');
  return bulk;
}

/** Newest first. */
export function listBulks(
  deps: { db: Connection },
  page: { beforeId?: string | undefined; limit: number },
): Promise<BulkActionRow[]> {
  return listBulkActions(deps.db, page.beforeId ?? null, page.limit);
}

/** Leaves the trace of a turn in an action's life. */
export function traceBulk(
  tx: Connection,
  operator: Operator,
  action: `bulk.${string}`,
  { id, filter, total, done, skipped, failed }: BulkActionRow,
  affected: number,
): Promise<void> {
  return leaveTrace(tx, operator, {
    action,
    subject: id,
    affected,
    details: { filter, total, done, skipped, failed },
  });
}
