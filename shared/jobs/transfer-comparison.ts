import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Compares the provider's transfers with ours over a window, to the cent, and raises what differs. Runs daily. */
export const transferComparison = defineJob({
  kind: 'transfer-comparison',
  version: 1,
  summary: "Compares the provider's transfers with ours and raises what differs.",
  area: 'marketplace',
  effect: 'remote',
  payload: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  result: z.strictObject({ compared: z.int(), differences: z.int() }),
  jobsPerMessage: 1,
  concurrency: 1,
  timeoutMs: 30 * 60_000,
  retry: { attempts: 5, firstDelayMs: 60_000, factor: 2, maxDelayMs: 3_600_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
