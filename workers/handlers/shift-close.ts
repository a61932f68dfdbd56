import { changeShiftStatus } from '../../db/workforce/change-shift-status.ts';
import { listShiftsToClose, type ShiftToClose } from '../../db/workforce/shifts-to-close.ts';
import { Fault } from '../../shared/fault.ts';
import type { shiftClose as spec } from '../../shared/jobs/shift-close.ts';
import type { Handler } from '../handler.ts';

const pageRows = 200;

/** A shift that somebody else has ended meanwhile, or where somebody has stayed, is left as it is. */
export const shiftClose: Handler<typeof spec> = async ctx => {
  const cause = { requestId: ctx.job.requestId, trace: ctx.traceparent };
  let after: ShiftToClose | null = null;
  let closed = 0;
  for (;;) {
    const page = await ctx.transact(tx => listShiftsToClose(tx, after, pageRows));
    for (const { tenantId, id: shiftId } of page) {
      ctx.signal.throwIfAborted();
      try {
        await ctx.transact(tx => changeShiftStatus(tx, { tenantId, shiftId, businessId: null }, 'COMPLETED', cause));
        closed += 1;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
    }
    after = page.at(-1) ?? null;
    if (after === null || page.length < pageRows) return { closed };
  }
};
