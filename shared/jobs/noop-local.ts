import { defineJob } from '../job.ts';
import { noop } from './noop.ts';

/** `noop` as a local kind: its result commits in the transaction that its handler is given. For the bench. */
export const noopLocal = defineJob({
  ...noop,
  kind: 'noop-local',
  summary: 'Does nothing inside a transaction and answers its payload.',
  effect: 'local',
  concurrency: 20,
});
