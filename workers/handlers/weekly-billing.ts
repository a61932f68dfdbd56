import { billWeek } from '../../db/workforce/billing.ts';
import type { weeklyBilling as spec } from '../../shared/jobs/weekly-billing.ts';
import type { Handler } from '../handler.ts';

/** Bills one week to one business. A repeat finds the week's invoice, and nothing to do. */
export const weeklyBilling: Handler<typeof spec> = (ctx, week) =>
  billWeek(ctx.tx, week, { requestId: ctx.job.requestId, trace: ctx.traceparent });
