import { expandOrder } from '../../db/workforce/expand-order.ts';
import { listExpandingOrders, type OwnedOrder } from '../../db/workforce/orders.ts';
import type { orderExpansion as spec } from '../../shared/jobs/order-expansion.ts';
import type { Handler } from '../handler.ts';

const pageRows = 200;

/** Expands each permanent order in a transaction of its own: a run may be repeated, cut short, or run beside another. */
export const orderExpansion: Handler<typeof spec> = async ctx => {
  const tally = { orders: 0, shifts: 0 };
  let afterId: string | null = null;
  for (;;) {
    const after: string | null = afterId;
    const page: OwnedOrder[] = await ctx.transact(tx =>
      listExpandingOrders(tx, { now: ctx.now, afterId: after, limit: pageRows }),
    );
    for (const owned of page) {
      ctx.signal.throwIfAborted();
      const shifts = await ctx.transact(tx => expandOrder(tx, owned));
      if (shifts === null) continue;
      tally.orders += 1;
      tally.shifts += shifts;
    }
    afterId = page.at(-1)?.orderId ?? null;
    if (afterId === null || page.length < pageRows) return tally;
  }
};
