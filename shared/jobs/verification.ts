import { z } from 'zod';
import { defineJob } from '../job.ts';
import { verificationVerdict } from '../verification-check.ts';

/** Looks at a file for what its verification asks: whose it is, until when it holds, whether its digits agree. */
export const verification = defineJob({
  kind: 'verification',
  version: 1,
  summary: 'Checks a document or a photo that somebody sent in.',
  area: 'workforce',
  effect: 'remote',
  payload: z.strictObject({ tenantId: z.uuid(), verificationId: z.uuid() }),
  // Its evidence is what the file says of its holder: the reason why only operators see these jobs.
  result: verificationVerdict,
  uniqueKey: ({ verificationId }) => `verification:${verificationId}`,
  jobsPerMessage: 1,
  // Reading a page takes one core for seconds.
  concurrency: 1,
  timeoutMs: 240_000,
  retry: { attempts: 3, firstDelayMs: 10_000, factor: 3, maxDelayMs: 60_000, jitter: 0.2 },
  access: { post: [], see: 'operator', cancel: 'operator' },
});
