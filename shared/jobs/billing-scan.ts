import { z } from 'zod';
import { defineJob } from '../job.ts';
import { isMonday } from '../recurrence.ts';

/** Finds the businesses that worked time has not been billed to, and makes a `weekly-billing` job for each of their weeks. */
export const billingScan = defineJob({
  kind: 'billing-scan',
  version: 1,
  summary: 'Finds the weeks of work that are to be billed, and makes a job for each business and week.',
  area: 'workforce',
  effect: 'local',
  payload: z.strictObject({
    weekStartsOn: z.iso.date().refine(isMonday, 'must be a Monday').describe('Of the last week to be billed'),
  }),
  result: z.strictObject({ bills: z.int().describe('Jobs made') }),
  uniqueKey: ({ weekStartsOn }) => `billing-scan:${weekStartsOn}`,
  jobsPerMessage: 1,
  concurrency: 1,
  timeoutMs: 60_000,
  retry: { attempts: 8, firstDelayMs: 60_000, factor: 2, maxDelayMs: 3_600_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
