import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Asks the payment provider to send an order's money back. What becomes of it, the provider's webhook says. */
export const refund = defineJob({
  kind: 'refund',
  version: 1,
  summary: "Asks the provider to send an order's money back.",
  area: 'marketplace',
  effect: 'remote',
  payload: z.strictObject({ refundId: z.uuid() }),
  result: z.strictObject({ refundId: z.uuid(), state: z.enum(['pending', 'succeeded', 'failed', 'settled']) }),
  uniqueKey: ({ refundId }) => `refund:${refundId}`,
  jobsPerMessage: 10,
  concurrency: 10,
  timeoutMs: 60_000,
  retry: { attempts: 12, firstDelayMs: 5_000, factor: 2, maxDelayMs: 3_600_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'nobody' },
  movesMoney: true,
});
