import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Gives swaps that nobody has taken in time back to those who asked for them. Runs every five minutes. */
export const swapExpiry = defineJob({
  kind: 'swap-expiry',
  version: 1,
  summary: 'Gives swaps that nobody has taken in time back to those who asked for them, and tells them.',
  area: 'workforce',
  effect: 'local',
  payload: z.strictObject({}),
  result: z.strictObject({ returned: z.int().describe('Swaps given back') }),
  uniqueKey: () => 'swap-expiry',
  jobsPerMessage: 1,
  concurrency: 1,
  timeoutMs: 60_000,
  // The next slot comes in five minutes: no need to be stubborn.
  retry: { attempts: 3, firstDelayMs: 10_000, factor: 2, maxDelayMs: 60_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
