import { findByIdemKey } from '../../../db/core/job-insert.ts';
import { getJob, requestCancel } from '../../../db/core/jobs.ts';
import { endUnclaimed } from '../../../db/record.ts';
import { Fault } from '../../../shared/fault.ts';
import type { Actor } from '../../actor.ts';
import { defineRoute } from '../../route.ts';
import { idempotencyConflict } from '../../submit.ts';
import { checkMayCancel } from '../access.ts';
import { jobSchema, viewJob } from '../view.ts';
import { findVisibleJob, idParams } from './read.ts';

export const cancelJob = defineRoute({
  method: 'POST',
  path: '/jobs/:id/cancel',
  summary: 'Cancel a job',
  description: 'A waiting job is cancelled at once. A running one is told to stop and answers `running` until it has.',
  roles: 'any',
  params: idParams,
  response: { 200: jobSchema },
  idempotency: 'honoured',
  handler: async request => {
    const { edge, idempotencyKey: key } = request;
    const { owner } = request.actor as Actor;
    const { id } = await findVisibleJob(request);
    const cancelled = await request.transact(async tx => {
      // A posted job keeps its key on its own row, where the mount does not look.
      if (key !== null && (await findByIdemKey(tx, owner, key))) throw idempotencyConflict();
      const job = await getJob(tx, id);
      if (!job) throw new Fault('not_found', 'There is no such job.');
      checkMayCancel(edge.catalog, request.actor as Actor, job);
      const fault = { code: 'cancelled', message: 'Cancelled on request.' };
      // A claim between the two makes the second one true, an end between them neither.
      return (await endUnclaimed(tx, edge.settlers, id, 'cancelled', fault)) ?? (await requestCancel(tx, id));
    });
    if (!cancelled) throw new Fault('conflict', 'The job has ended already.', { reason: 'JOB_FINAL' });
    return { status: 200, body: viewJob(cancelled) };
  },
});
