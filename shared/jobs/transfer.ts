import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Pays one seller's share of one order. The row of the transfer holds the amount, the destination and the provider's key. */
export const transfer = defineJob({
  kind: 'transfer',
  version: 1,
  summary: "Pays a seller's share of an order to their connected account.",
  area: 'marketplace',
  effect: 'remote',
  payload: z.strictObject({ transferId: z.uuid() }),
  result: z.strictObject({
    transferId: z.uuid(),
    /** Null when nothing was to be paid: the transfer had been settled or held meanwhile. */
    providerTransferId: z.string().nullable(),
  }),
  // One live job per row, whichever of the two ways the money goes.
  uniqueKey: payload => `transfer:${payload.transferId}`,
  jobsPerMessage: 25,
  concurrency: 10,
  timeoutMs: 60_000,
  // 5 min, ×2, at most 6 h, ±10 %, 10 tries: about 22 h, inside the 24 h that the provider keeps a key.
  retry: { attempts: 10, firstDelayMs: 5 * 60_000, factor: 2, maxDelayMs: 6 * 3_600_000, jitter: 0.1 },
  access: { post: [], see: 'operator', cancel: 'operator' },
  movesMoney: true,
});
