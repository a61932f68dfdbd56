import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Completes shifts that are over; who never came is a no-show. Runs every quarter of an hour. */
export const shiftClose = defineJob({
  kind: 'shift-close',
  version: 1,
  summary: 'Completes shifts that are over, once nobody is clocked in any more; who never came is a no-show.',
  area: 'workforce',
  // Its effects are rows, but each shift's in a transaction of its own: it holds the shift's order.
  effect: 'remote',
  payload: z.strictObject({}),
  result: z.strictObject({ closed: z.int().describe('Shifts completed') }),
  uniqueKey: () => 'shift-close',
  jobsPerMessage: 1,
  concurrency: 1,
  timeoutMs: 10 * 60_000,
  retry: { attempts: 3, firstDelayMs: 10_000, factor: 2, maxDelayMs: 60_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
