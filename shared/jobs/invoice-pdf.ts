import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Draws an invoice or credit note and stores the file, for every area. Its number and what it says are frozen before. */
export const invoicePdf = defineJob({
  kind: 'invoice-pdf',
  version: 1,
  summary: 'Draws an invoice and stores its PDF.',
  area: 'core',
  effect: 'remote',
  payload: z.strictObject({ invoiceId: z.uuid() }),
  result: z.strictObject({
    invoiceId: z.uuid(),
    fileKey: z.string(),
    sha256: z.string(),
    sizeBytes: z.int(),
  }),
  uniqueKey: ({ invoiceId }) => `invoice-pdf:${invoiceId}`,
  jobsPerMessage: 5,
  concurrency: 2,
  timeoutMs: 60_000,
  retry: { attempts: 8, firstDelayMs: 2_000, factor: 3, maxDelayMs: 3_600_000, jitter: 0.2 },
  access: { post: ['operator'], see: 'owner', cancel: 'nobody' },
});
