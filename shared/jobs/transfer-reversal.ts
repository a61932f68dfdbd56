import { z } from 'zod';
import { defineJob } from '../job.ts';
import { transfer } from './transfer.ts';

/** Takes a completed transfer back from the seller's account, whole. */
export const transferReversal = defineJob({
  ...transfer,
  kind: 'transfer-reversal',
  summary: "Takes a completed transfer back from the seller's connected account.",
  result: z.strictObject({ transferId: z.uuid(), providerReversalId: z.string().nullable() }),
});
