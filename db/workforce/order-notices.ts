import type { Transaction } from '../connect.ts';
import { notifyAllStaff, type StaffNotice, type WorkCause } from './notifications.ts';
import type { OrderRow } from './orders.ts';
import type { AssignedPerson } from './shifts-write.ts';

/** What happened to an order. `eventId` tells one such event from the next: everybody is told once of each. */
export interface OrderEvent {
  order: Pick<OrderRow, 'id' | 'tenantId' | 'eventName'>;
  eventId: string;
}

/** Tells each of them, once, that their shifts of an order were cancelled. */
export async function noticeCancelled(
  tx: Transaction,
  { order, eventId }: OrderEvent,
  people: readonly AssignedPerson[],
  cause: WorkCause,
): Promise<void> {
  await noticeEach(tx, people, cause, (userId, days) => ({
    tenantId: order.tenantId,
    userId,
    type: 'ORDER_CANCELLED',
    title: days.length === 1 ? 'Your shift was cancelled' : `${days.length} of your shifts were cancelled`,
    body: `“${order.eventName}” is cancelled: ${listDays(days)}. You are not needed then.`,
    data: { orderId: order.id, dates: days },
    onceKey: `order-cancelled:${eventId}:${userId}`,
  }));
}

/** Tells each of them, once, that an order they work for was changed. */
export async function noticeEdited(
  tx: Transaction,
  { order, eventId }: OrderEvent,
  people: readonly AssignedPerson[],
  cause: WorkCause,
): Promise<void> {
  await noticeEach(tx, people, cause, (userId, days) => ({
    tenantId: order.tenantId,
    userId,
    type: 'ORDER_CHANGED',
    title: days.length === 1 ? 'Your shift was changed' : `${days.length} of your shifts were changed`,
    body: `“${order.eventName}” was changed: ${listDays(days)}. Please look at its times again.`,
    data: { orderId: order.id, dates: days },
    onceKey: `order-changed:${eventId}:${userId}`,
  }));
}

async function noticeEach(
  tx: Transaction,
  people: readonly AssignedPerson[],
  cause: WorkCause,
  write: (userId: string, days: string[]) => StaffNotice,
): Promise<void> {
  const daysByUser = new Map<string, Set<string>>();
  for (const { userId, date } of people) daysByUser.set(userId, (daysByUser.get(userId) ?? new Set()).add(date));
  await notifyAllStaff(
    tx,
    [...daysByUser].map(([userId, days]) => write(userId, [...days].sort())),
    cause,
  );
}

function listDays(days: readonly string[]): string {
  const shown = days.slice(0, 5).join(', ');
  return days.length > 5 ? `${shown} and ${days.length - 5} more` : shown;
}
