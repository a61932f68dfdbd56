import { Fault } from '../../shared/fault.ts';
import type { Transaction } from '../connect.ts';
import type { WorkCause } from './notifications.ts';
import { noticeCancelled } from './order-notices.ts';
import { lockOrder, markOrderCancelled, type OwnedOrder } from './orders.ts';
import { cancelShifts, listFutureShifts } from './shifts-write.ts';

/**
 * Cancels an order: its shifts that are still to begin, and who was assigned to them, who are told, each of them once. Shifts
 * that have begun stay as they are, and no more are made. Throws `Fault`: `not_found`; `conflict` with
 * `INVALID_ORDER_STATE` for an order that is cancelled or over, and `NO_FUTURE_SHIFTS` for one that has begun altogether.
 */
export async function cancelOrder(tx: Transaction, owned: OwnedOrder, reason: string, cause: WorkCause): Promise<void> {
  const order = await lockOrder(tx, owned);
  if (!order) throw new Fault('not_found', 'There is no such order.', { reason: 'ORDER_NOT_FOUND' });
  const { id, tenantId, status } = order;
  if (!(await markOrderCancelled(tx, { tenantId, id, reason })))
    throw new Fault('conflict', `The order is ${status}.`, { reason: 'INVALID_ORDER_STATE', details: { status } });
  const future = await listFutureShifts(tx, { tenantId, orderId: id });
  if (future.length === 0 && order.type !== 'PERMANENT')
    throw new Fault('conflict', 'All of the order has begun.', { reason: 'NO_FUTURE_SHIFTS' });
  const people = await cancelShifts(tx, { tenantId, shiftIds: future.map(shift => shift.id) });
  await noticeCancelled(tx, { order, eventId: id }, people, cause);
}
