import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Acts on one webhook of the payment provider, which was recorded when it came. */
export const paymentEvent = defineJob({
  kind: 'payment-event',
  version: 1,
  summary: 'Acts on a recorded webhook of the payment provider.',
  area: 'marketplace',
  effect: 'local',
  payload: z.strictObject({ eventId: z.uuid() }),
  result: z.strictObject({ eventId: z.uuid(), outcome: z.string() }),
  uniqueKey: ({ eventId }) => `payment-event:${eventId}`,
  jobsPerMessage: 25,
  concurrency: 10,
  timeoutMs: 30_000,
  retry: { attempts: 20, firstDelayMs: 1_000, factor: 2, maxDelayMs: 3_600_000, jitter: 0.1 },
  access: { post: ['operator'], see: 'operator', cancel: 'nobody' },
  // A payment that succeeded completes its order, and that pays the sellers.
  movesMoney: true,
});
