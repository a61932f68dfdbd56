import { getJob } from '../../db/core/jobs.ts';
import { insertJob } from '../../db/insert-job.ts';
import type { Settlers } from '../../db/settle.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { noSuchJob } from './jobs.ts';
import { leaveTrace, type Operator } from './operator.ts';
import { presentPayload, specOf } from './retry-job.ts';

export interface CloneJobDeps extends TransactDeps {
  catalog: Catalog;
  settlers: Settlers;
}

/** Kinds whose work is done once by nature, though no row of theirs settles with the job. */
const doneOnce: Readonly<Record<string, string>> = {
  'warranty-notice': 'An owner is told once of the end of a warranty.',
  'weekly-billing': 'A week of work is billed once; what comes late is found by the next billing-scan.',
};

/** Why a job of a kind can't be cloned; null: it can. A kind whose jobs belong to a row of their own is refused before anybody thinks of it. */
export function whyNoClone(
  { catalog, settlers }: Pick<CloneJobDeps, 'catalog' | 'settlers'>,
  kind: string,
): string | null {
  const spec = catalog.get(kind);
  if (!spec) return `This build doesn't know the kind "${kind}".`;
  if (spec.movesMoney)
    return `Jobs of kind "${kind}" move money, which is to move once. Retry one that failed instead.`;
  if (settlers.has(kind))
    return `A job of kind "${kind}" belongs to one row, which its end settles; a second one has nothing to do. Retry one that failed instead.`;
  return doneOnce[kind] ?? null;
}

/**
 * Posts a job with the kind, payload, owner and tenant of another, whatever became of that one. Faults: `not_found`; `forbidden` for
 * a kind whose work is done once; `conflict` while a live job does the same; `unprocessable` for a payload of a newer build.
 */
export function cloneJob(deps: CloneJobDeps, { id }: { id: string }, operator: Operator): Promise<{ jobId: string }> {
  return transact(deps, async tx => {
    const job = await getJob(tx, id);
    if (!job) throw noSuchJob();
    const refusal = whyNoClone(deps, job.kind);
    if (refusal !== null) throw new Fault('forbidden', refusal, { reason: 'job_not_cloneable' });
    const spec = specOf(deps.catalog, job);
    const { owner, tenant } = job;
    const made = await insertJob(tx, spec, presentPayload(spec, job), { owner, tenant, requestId: uuidV7() });
    if (!made.created)
      throw new Fault('conflict', `Job ${made.id} does the same and is live.`, { reason: 'job_not_cloneable' });
    await leaveTrace(tx, operator, { action: 'job.clone', subject: id, details: { kind: job.kind, jobId: made.id } });
    return { jobId: made.id };
  });
}
