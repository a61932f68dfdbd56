import { giveBackSwaps } from '../../db/workforce/swaps.ts';
import type { swapExpiry as spec } from '../../shared/jobs/swap-expiry.ts';
import type { Handler } from '../handler.ts';

/** So many in one transaction; what is left over, the next slot takes. */
const maxSwaps = 1_000;

export const swapExpiry: Handler<typeof spec> = async ({ tx, job, traceparent }) => ({
  returned: await giveBackSwaps(tx, maxSwaps, { requestId: job.requestId, trace: traceparent }),
});
