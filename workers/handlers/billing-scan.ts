import { insertJobs } from '../../db/insert-job.ts';
import { listUnbilledWeeks } from '../../db/workforce/billing.ts';
import type { billingScan as spec } from '../../shared/jobs/billing-scan.ts';
import { weeklyBilling } from '../../shared/jobs/weekly-billing.ts';
import type { Handler } from '../handler.ts';

/** Makes a job for each business and week that has something to be billed. Earlier weeks too: a scan may have been missed. */
export const billingScan: Handler<typeof spec> = async (ctx, { weekStartsOn }) => {
  const weeks = await listUnbilledWeeks(ctx.tx, weekStartsOn);
  const order = { owner: 'system', requestId: ctx.job.requestId, trace: ctx.traceparent };
  const made = await insertJobs(ctx.tx, weeklyBilling, weeks, order);
  return { bills: made.length };
};
