import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Sends the e-mail of a notification, for every area. The notification itself is in the app before. */
export const notification = defineJob({
  kind: 'notification',
  version: 1,
  summary: 'Sends the e-mail of a notification.',
  area: 'core',
  effect: 'remote',
  payload: z.strictObject({ area: z.enum(['workforce']), notificationId: z.uuid() }),
  result: z.strictObject({
    /** Whether this job handed the e-mail over. */
    sent: z.boolean(),
    /** Why not: there is no such notification, or its user has named no e-mail address. */
    why: z.enum(['gone', 'no_address']).nullable(),
  }),
  uniqueKey: ({ area, notificationId }) => `notification:${area}:${notificationId}`,
  jobsPerMessage: 25,
  concurrency: 10,
  timeoutMs: 60_000,
  // 30 s, ×3, at most 2 h: a mail server may be away for hours; much later nobody needs to be told.
  retry: { attempts: 10, firstDelayMs: 30_000, factor: 3, maxDelayMs: 2 * 3_600_000, jitter: 0.1 },
  access: { post: [], see: 'operator', cancel: 'operator' },
});
