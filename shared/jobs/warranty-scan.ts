import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Finds the gear whose warranty is about to end and makes each notice that is due. Runs daily. */
export const warrantyScan = defineJob({
  kind: 'warranty-scan',
  version: 1,
  summary: 'Finds gear whose warranty is about to end and makes the notices that are due.',
  area: 'marketplace',
  // Its effects are rows, but page by page: one transaction over all of them would hold its locks for the whole scan.
  effect: 'remote',
  payload: z.strictObject({}),
  result: z.strictObject({
    scanned: z.int().describe('Gear whose warranty ends soon'),
    notices: z.int().describe('Notices made; the others had been made before'),
  }),
  jobsPerMessage: 1,
  concurrency: 1,
  timeoutMs: 30 * 60_000,
  retry: { attempts: 5, firstDelayMs: 60_000, factor: 2, maxDelayMs: 3_600_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
