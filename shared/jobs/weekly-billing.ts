import { z } from 'zod';
import { defineJob } from '../job.ts';
import { isMonday } from '../recurrence.ts';

/** Bills a week of worked time to a business: its invoice, that invoice's document and number, the job that draws it. */
export const weeklyBilling = defineJob({
  kind: 'weekly-billing',
  version: 1,
  summary: 'Makes the invoice of a business for a week of work.',
  area: 'workforce',
  effect: 'local',
  payload: z.strictObject({
    tenantId: z.uuid(),
    businessId: z.uuid(),
    weekStartsOn: z.iso.date().refine(isMonday, 'must be a Monday'),
  }),
  result: z.strictObject({
    invoiceId: z.uuid().nullable().describe('Null where the week has its invoice, or nothing is left to bill'),
    lines: z.int().describe('Time-card lines billed'),
    totalCents: z.int(),
  }),
  uniqueKey: ({ businessId, weekStartsOn }) => `weekly-billing:${businessId}:${weekStartsOn}`,
  jobsPerMessage: 5,
  concurrency: 4,
  timeoutMs: 60_000,
  retry: { attempts: 10, firstDelayMs: 5_000, factor: 3, maxDelayMs: 3_600_000, jitter: 0.2 },
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
