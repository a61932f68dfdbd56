import { z } from 'zod';
import type { JobRow } from '../../db/core/jobs.ts';
import { isFinal, jobStatuses, statusOf } from '../../shared/state.ts';

export const faultSchema = z.object({ code: z.string(), message: z.string() });

/** The job in every reply. */
export const jobSchema = z.object({
  id: z.uuid(),
  kind: z.string(),
  status: z.enum(jobStatuses),
  progress: z.number().nullable(),
  attempt: z.int(),
  maxAttempts: z.int(),
  result: z.unknown().nullable(),
  fault: faultSchema.nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  requestId: z.uuid(),
});

export type JobView = z.input<typeof jobSchema>;

/** A row as clients see it. What operators alone may know of a fault (its cause) is left out. */
export function viewJob(job: JobRow): JobView {
  const status = statusOf(job.state, job.attempt);
  return {
    id: job.id,
    kind: job.kind,
    status,
    progress: job.progress,
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    result: job.result,
    fault: job.fault && { code: job.fault.code, message: job.fault.message },
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    nextAttemptAt: status === 'retrying' ? (job.dueAt?.toISOString() ?? null) : null,
    requestId: job.requestId,
  };
}

export function jobPath(id: string): string {
  return `/jobs/${id}`;
}

/** The revision is the entity's tag and the event stream's id. */
export function etagOf(job: JobRow): string {
  return `"${job.rev}"`;
}

const pollSoonS = 1;
const pollLaterS = 60;

/** `Retry-After` for a job that isn't final: soon, or when its next attempt is due. */
export function retryAfterOf(job: JobRow): Record<string, string> {
  if (isFinal(job.state)) return {};
  const untilDueS = job.dueAt && job.attempt > 0 ? Math.ceil((job.dueAt.getTime() - Date.now()) / 1_000) : pollSoonS;
  return { 'retry-after': String(Math.min(pollLaterS, Math.max(pollSoonS, untilDueS))) };
}
