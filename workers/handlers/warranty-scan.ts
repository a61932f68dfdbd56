import { insertJobs } from '../../db/insert-job.ts';
import { type EndingGear, listEndingGear } from '../../db/marketplace/gear.ts';
import { insertDueNotices, type WarrantyNotice } from '../../db/marketplace/warranty-notices.ts';
import type { warrantyScan as spec } from '../../shared/jobs/warranty-scan.ts';
import { warrantyNotice } from '../../shared/jobs/warranty-notice.ts';
import { addDays, daysBetween, dueThreshold, utcDay, widestThreshold } from '../../shared/warranty.ts';
import type { Handler } from '../handler.ts';

const pageRows = 500;

/**
 * Walks the gear whose warranty ends within the widest threshold, in the order of end dates. A page's notices and their
 * jobs commit together, and the notices' key lets none be made twice: so a scan may be repeated, cut short, or run beside
 * another, and what one leaves undone the next one does.
 */
export const warrantyScan: Handler<typeof spec> = async ctx => {
  const today = utcDay(ctx.now);
  const lastDay = addDays(today, widestThreshold);
  const order = { owner: 'system', requestId: ctx.job.requestId, trace: ctx.traceparent };
  const tally = { scanned: 0, notices: 0 };
  let after: EndingGear | null = null;
  for (;;) {
    ctx.signal.throwIfAborted();
    const window: Parameters<typeof listEndingGear>[1] = { from: today, to: lastDay, after, limit: pageRows };
    const page = await ctx.transact(async tx => {
      const ending = await listEndingGear(tx, window);
      const made = await insertDueNotices(tx, dueNotices(ending, today));
      await insertJobs(tx, warrantyNotice, made, order);
      tally.notices += made.length;
      return ending;
    });
    tally.scanned += page.length;
    after = page.at(-1) ?? null;
    if (after === null || page.length < pageRows) return tally;
    ctx.progress(daysBetween(today, after.endsOn) / (widestThreshold + 1));
  }
};

function dueNotices(page: readonly EndingGear[], today: string): WarrantyNotice[] {
  return page.flatMap(({ id, endsOn }) => {
    const thresholdDays = dueThreshold(endsOn, today);
    return thresholdDays === null ? [] : [{ gearId: id, thresholdDays, endsOn }];
  });
}
