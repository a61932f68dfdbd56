import { z } from 'zod';
import { cancelOrder } from '../../../db/workforce/cancel-order.ts';
import { editOrder } from '../../../db/workforce/edit-order.ts';
import { maxOrderDays } from '../../../db/workforce/order-days.ts';
import { getOrder, type OwnedOrder } from '../../../db/workforce/orders.ts';
import { type OrderWish, placeOrder } from '../../../db/workforce/place-order.ts';
import { listOrderShifts } from '../../../db/workforce/shifts-write.ts';
import { wallClock } from '../../../shared/recurrence.ts';
import { type Reply, defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { clientActor } from '../actor.ts';
import { clientCommand } from '../client-command.ts';
import { calendarDay } from '../day-range.ts';
import {
  orderChangeSchema,
  orderFields,
  orderSchema,
  placedOrderSchema,
  viewOrder,
  weekDaysSchema,
} from '../order-view.ts';

const params = z.object({ orderId: z.uuid() });
const placing = {
  method: 'POST',
  ...clientCommand,
  faults: ['not_found'],
  response: { 201: placedOrderSchema },
} as const;

/** Fewer than an order may have: of a permanent one those of the next days, in whatever time zone. */
const maxShiftsShown = 400;

const oneTime = defineRoute({
  ...placing,
  path: '/client/orders/one-time',
  summary: 'Order staff for one day',
  description: 'One shift, from the earliest start of its positions to the latest end. 422 `ORDER_IN_PAST`.',
  body: z.strictObject({ ...orderFields, orderDate: calendarDay.describe("In the hub's time zone") }),
  async handler(request) {
    const { orderDate, ...fields } = request.body;
    const day = { startsOn: orderDate, endsOn: orderDate, weekDays: [], horizonDays: null };
    return place(request, { ...fields, type: 'ONE_TIME', ...day });
  },
});

const recurring = defineRoute({
  ...placing,
  path: '/client/orders/recurring',
  summary: 'Order staff for some days of each week, for a time',
  description: `One shift a day, by the hub's clock, over its changes too. At most ${maxOrderDays} days from start to end.`,
  body: z.strictObject({
    ...orderFields,
    startDate: calendarDay,
    endDate: calendarDay.describe('The last day that may have a shift'),
    recurrenceDays: weekDaysSchema,
  }),
  async handler(request) {
    const { startDate: startsOn, endDate: endsOn, recurrenceDays: weekDays, ...fields } = request.body;
    return place(request, { ...fields, type: 'RECURRING', startsOn, endsOn, weekDays, horizonDays: null });
  },
});

const permanent = defineRoute({
  ...placing,
  path: '/client/orders/permanent',
  summary: 'Order staff for some days of each week, until further notice',
  description: 'Shifts are made for `horizonDays` ahead, and for a further day each day.',
  body: z.strictObject({
    ...orderFields,
    startDate: calendarDay,
    daysOfWeek: weekDaysSchema,
    horizonDays: z.int().min(1).max(60).default(28),
  }),
  async handler(request) {
    const { startDate: startsOn, daysOfWeek: weekDays, horizonDays, ...fields } = request.body;
    return place(request, { ...fields, type: 'PERMANENT', startsOn, endsOn: null, weekDays, horizonDays });
  },
});

const edit = defineRoute({
  method: 'POST',
  path: '/client/orders/:orderId/edit',
  summary: 'Change an order',
  description:
    'Touches shifts that are still to begin only; who is assigned to them is told. A position is changed by its role, or by its number where the order has several of that role; `workersNeeded: 0` takes it out. 409 `WORKERS_ALREADY_BOOKED` where fewer would be needed than are booked, `SHIFT_OVERLAP` where a booked worker is elsewhere at the new time.',
  ...clientCommand,
  params,
  body: orderChangeSchema,
  response: { 200: orderSchema },
  async handler(request) {
    const { recurrenceDays, daysOfWeek, ...change } = request.body;
    const weekDays = recurrenceDays ?? daysOfWeek;
    await request.transact(tx => editOrder(tx, ownedOrder(request), { ...change, weekDays }, causeOf(request)));
    return answerOrder(request);
  },
});

const cancel = defineRoute({
  method: 'POST',
  path: '/client/orders/:orderId/cancel',
  summary: 'Cancel an order',
  description:
    'Cancels the shifts that are still to begin, and who is assigned to them is told, once each. Shifts that have begun stay. 409 for an order that is cancelled or over.',
  ...clientCommand,
  params,
  body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
  response: { 200: orderSchema },
  async handler(request) {
    await request.transact(tx => cancelOrder(tx, ownedOrder(request), request.body.reason, causeOf(request)));
    return answerOrder(request);
  },
});

async function place(
  request: RouteRequest,
  {
    vendorId,
    ...wish
  }: Omit<OrderWish, 'tenantId' | 'businessId' | 'createdBy' | 'vendorId'> & { vendorId?: string | undefined },
): Promise<Reply> {
  const { tenant: tenantId, businessId, id: createdBy } = clientActor(request.actor);
  const owner = { tenantId, businessId, createdBy };
  const order = await request.transact(tx => placeOrder(tx, { ...wish, ...owner, vendorId: vendorId ?? null }));
  return { status: 201, body: order };
}

/** The order as it stands by now. */
async function answerOrder(request: RouteRequest<z.output<typeof params>>): Promise<Reply> {
  const { db } = request;
  const owned = ownedOrder(request);
  const order = await getOrder(db, owned);
  if (!order) throw new Error(`order ${owned.orderId} was there`);
  const from = wallClock(order.timeZone).dayOf(order.askedAt);
  const shifts = await listOrderShifts(db, { ...owned, from, limit: maxShiftsShown });
  return { status: 200, body: viewOrder(order, shifts) };
}

function ownedOrder({ actor, params: { orderId } }: RouteRequest<z.output<typeof params>>): OwnedOrder {
  const { tenant: tenantId, businessId } = clientActor(actor);
  return { tenantId, businessId, orderId };
}

function causeOf({ requestId, traceparent: trace }: RouteRequest) {
  return { requestId, trace };
}

export const clientOrderRoutes: readonly Route[] = [oneTime, recurring, permanent, edit, cancel];
