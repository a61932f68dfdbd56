import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Makes the shifts of permanent orders up to their horizon. Runs daily. */
export const orderExpansion = defineJob({
  kind: 'order-expansion',
  version: 1,
  summary: 'Makes the shifts of permanent orders up to their horizon.',
  area: 'workforce',
  // Its effects are rows, but order by order: one transaction over all of them would lock every order for the whole run.
  effect: 'remote',
  payload: z.strictObject({}),
  result: z.strictObject({
    orders: z.int().describe('Orders that got shifts, or whose horizon moved on without one'),
    shifts: z.int().describe('Shifts made'),
  }),
  jobsPerMessage: 1,
  concurrency: 1,
  timeoutMs: 30 * 60_000,
  retry: { attempts: 5, firstDelayMs: 60_000, factor: 2, maxDelayMs: 3_600_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
