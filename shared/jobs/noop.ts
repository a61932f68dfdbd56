import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Echoes its payload: what a newcomer posts first and what the bench drives. */
export const noop = defineJob({
  kind: 'noop',
  version: 1,
  summary: 'Does nothing and answers its payload.',
  area: 'core',
  effect: 'remote',
  payload: z.record(z.string(), z.json()),
  result: z.record(z.string(), z.json()),
  jobsPerMessage: 25,
  concurrency: 200,
  timeoutMs: 10_000,
  retry: { attempts: 5, firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000, jitter: 0.1 },
  access: { post: ['service'], see: 'owner', cancel: 'owner' },
});
