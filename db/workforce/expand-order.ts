import { wallClock } from '../../shared/recurrence.ts';
import { addDays } from '../../shared/warranty.ts';
import type { Transaction } from '../connect.ts';
import { daysOf, lastDayOf } from './order-days.ts';
import { lockOrder, markOrderExpanded, type OwnedOrder } from './orders.ts';
import { insertShifts } from './shifts-write.ts';
import { followShifts } from './shift-places.ts';

/**
 * Makes the shifts that a permanent order lacks before its horizon. Its days are those after the last one that was expanded
 * to, under the order's lock: so none is made twice. Answers how many shifts were made; null where nothing was to be done.
 */
export async function expandOrder(tx: Transaction, owned: OwnedOrder): Promise<number | null> {
  const order = await lockOrder(tx, owned);
  if (!order || order.type !== 'PERMANENT' || order.status === 'CANCELLED' || order.expandedTo === null) return null;
  const { id, tenantId } = order;
  const today = wallClock(order.timeZone).dayOf(order.askedAt);
  const expandedTo = lastDayOf(order, today);
  if (expandedTo <= order.expandedTo) return null;
  const missing = addDays(order.expandedTo, 1);
  const shiftIds = await insertShifts(tx, order, daysOf(order, missing > today ? missing : today, expandedTo));
  await markOrderExpanded(tx, { tenantId, id, expandedTo });
  await followShifts(tx, { tenantId, orderId: id });
  return shiftIds.length;
}
