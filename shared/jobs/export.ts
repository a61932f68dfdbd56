import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Makes a ZIP of all that a person has on the marketplace and keeps it where only a signed link leads. */
export const userExport = defineJob({
  kind: 'export',
  version: 1,
  summary: "Makes a ZIP of all of a user's data.",
  area: 'marketplace',
  effect: 'remote',
  payload: z.strictObject({ exportId: z.uuid() }),
  result: z.strictObject({
    exportId: z.uuid(),
    fileKey: z.string(),
    sizeBytes: z.int(),
    /** In hex. */
    sha256: z.string(),
    /** Opens the file to whoever has it: the reason why only operators see these jobs. */
    downloadUrl: z.url(),
  }),
  uniqueKey: (_payload, owner) => `export:${owner}`,
  jobsPerMessage: 1,
  concurrency: 2,
  timeoutMs: 3_600_000,
  retry: { attempts: 5, firstDelayMs: 30_000, factor: 4, maxDelayMs: 3_600_000, jitter: 0.1 },
  access: { post: [], see: 'operator', cancel: 'operator' },
});
