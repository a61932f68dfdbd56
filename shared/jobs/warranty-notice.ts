import { z } from 'zod';
import { defineJob } from '../job.ts';
import { warrantyThresholds } from '../warranty.ts';

/** Tells the owner of a piece of gear that its warranty is about to end: one notification, one e-mail. */
export const warrantyNotice = defineJob({
  kind: 'warranty-notice',
  version: 1,
  summary: 'Tells an owner that the warranty of their gear is about to end.',
  area: 'marketplace',
  effect: 'remote',
  payload: z.strictObject({ gearId: z.uuid(), thresholdDays: z.literal(warrantyThresholds), endsOn: z.iso.date() }),
  result: z.strictObject({
    /** Whether this job handed the e-mail over. */
    sent: z.boolean(),
    /** Why not: the gear is gone, its warranty ends on another date by now, or an earlier attempt had sent it. */
    why: z.enum(['gone', 'stale', 'sent_before']).nullable(),
  }),
  jobsPerMessage: 25,
  concurrency: 10,
  timeoutMs: 60_000,
  // 1 min, ×2, at most 6 h: a mail server may be away for the better part of a day.
  retry: { attempts: 12, firstDelayMs: 60_000, factor: 2, maxDelayMs: 6 * 3_600_000, jitter: 0.1 },
  access: { post: [], see: 'operator', cancel: 'operator' },
});
