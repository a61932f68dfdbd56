import { z } from 'zod';
import {
  getOrderPreview,
  listOfferedRoles,
  listRepeatableOrders,
  type OrderPreview,
  orderTypes,
  type RepeatableOrder,
} from '../../../db/workforce/order-reads.ts';
import type { Position } from '../../../db/workforce/orders.ts';
import { Fault } from '../../../shared/fault.ts';
import { pageQuery } from '../../page-cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { answerIdList, businessKeyOf, clientRead, idPage, listQuery, listSchema } from '../client-read.ts';
import { checkDayRange, dayRange } from '../day-range.ts';
import { orderedShiftSchema, viewOrderedShift } from '../ordered-shift-view.ts';
import { sumOf } from '../percent.ts';
import { plannedCost } from '../planned-cost.ts';
import { pageOfShifts } from '../shift-page.ts';

const positionFields = {
  roleId: z.uuid().describe("Of the vendor's kind of work, as a new order names it"),
  name: z.string(),
  workersNeeded: z.int(),
  startTime: z.string(),
  endTime: z.string(),
};

const repeatableFields = {
  orderId: z.uuid(),
  orderNumber: z.string(),
  type: z.enum(orderTypes),
  eventName: z.string(),
  hubId: z.uuid(),
  hubName: z.string(),
  vendorId: z.uuid().nullable(),
  vendorName: z.string().nullable(),
  startDate: z.iso.date(),
  endDate: z.iso.date().nullable(),
};

const reorders = defineRoute({
  ...clientRead,
  path: '/client/reorders',
  summary: 'What was ordered lately and may be ordered again',
  description:
    'Of orders for the same event at the same hub from the same vendor the newest stands for all. Drafts, cancelled orders and those at hubs that are gone are left out; the thousand newest orders are looked at. Newest first.',
  query: listQuery,
  response: {
    200: listSchema(
      z.strictObject({
        ...repeatableFields,
        orderedAt: z.iso.datetime(),
        workersNeeded: z.int().describe('Of a day'),
        positions: z.array(z.strictObject(positionFields)),
      }),
    ),
  },
  async handler({ actor, db, query }) {
    const rows = await listRepeatableOrders(db, businessKeyOf(actor), idPage(query));
    return answerIdList(rows, query, order => {
      const positions = wanted(order);
      return {
        ...viewRepeatable(order),
        orderedAt: order.createdAt.toISOString(),
        workersNeeded: sumOf(positions, position => position.workersNeeded),
        positions: positions.map(viewPosition),
      };
    });
  },
});

const view = defineRoute({
  ...clientRead,
  path: '/client/orders/view',
  summary: 'The shifts that orders have become',
  description: 'One item a shift, cancelled ones too, by date and time.',
  query: z.object({ ...dayRange, ...pageQuery }),
  response: { 200: listSchema(orderedShiftSchema) },
  async handler({ actor, db, query }) {
    const { startDate, endDate, ...place } = query;
    const days = checkDayRange({ startDate, endDate });
    const { page, nextCursor } = await pageOfShifts(db, businessKeyOf(actor), { ...place, days, cancelled: true });
    return { status: 200, body: { items: page.map(({ shift, roles }) => viewOrderedShift(shift, roles)), nextCursor } };
  },
});

const preview = defineRoute({
  ...clientRead,
  path: '/client/orders/:orderId/reorder-preview',
  summary: 'What an order would be if it were made again today',
  description: 'At the rates of today; `orderable` says whether all of it is still to be had.',
  params: z.object({ orderId: z.uuid() }),
  response: {
    200: z.strictObject({
      ...repeatableFields,
      weekDays: z.array(z.int()).describe('1 to 7, Monday first; empty for a single day'),
      timeZone: z.string(),
      orderable: z.boolean().describe('False where the hub is gone, or a role is not offered any more'),
      positions: z.array(
        z.strictObject({
          ...positionFields,
          lunchBreakMinutes: z.int(),
          paidBreak: z.boolean(),
          instantBook: z.boolean(),
          offered: z.boolean(),
          hourlyRateCents: z.int().describe('Of today; of then, for a role that is not offered any more'),
          costCents: z.int().describe('Of one day, every place filled'),
        }),
      ),
      estimatedCostCents: z.int().describe('Of one day, every place filled'),
    }),
  },
  async handler({ actor, db, params }) {
    const business = businessKeyOf(actor);
    const order = await getOrderPreview(db, business, params.orderId);
    if (!order) throw new Fault('not_found', 'There is no such order.', { reason: 'ORDER_NOT_FOUND' });
    return { status: 200, body: await previewOrder(order, ids => listOfferedRoles(db, business, ids)) };
  },
});

export const clientOrderReadRoutes: readonly Route[] = [reorders, view, preview];

async function previewOrder(order: OrderPreview, findOffered: (ids: string[]) => ReturnType<typeof listOfferedRoles>) {
  const positions = wanted(order);
  const found = await findOffered(positions.map(({ roleId }) => roleId));
  const offered = new Map(found.map(role => [role.id, role]));
  const priced = positions.map(position => {
    const role = offered.get(position.roleId);
    const { lunchBreakMinutes, paidBreak, instantBook } = position;
    const rateCents = role?.rateCents ?? position.rateCents;
    return {
      ...viewPosition({ ...position, name: role?.name ?? position.name }),
      lunchBreakMinutes,
      paidBreak,
      instantBook,
      offered: role !== undefined,
      hourlyRateCents: rateCents,
      costCents: plannedCost({ ...position, rateCents, minutes: minutesOf(position) }),
    };
  });
  return {
    ...viewRepeatable(order),
    weekDays: order.weekDays,
    timeZone: order.timeZone,
    orderable: order.hubOpen && priced.length > 0 && priced.every(position => position.offered),
    positions: priced,
    estimatedCostCents: sumOf(priced, position => position.costCents),
  };
}

/** Without those that an edit has taken out, which keep their number. */
function wanted({ positions }: RepeatableOrder): Position[] {
  return positions.filter(({ workersNeeded }) => workersNeeded > 0);
}

function viewRepeatable(order: RepeatableOrder) {
  return {
    orderId: order.id,
    orderNumber: order.orderNumber,
    type: order.type,
    eventName: order.eventName,
    hubId: order.hubId,
    hubName: order.hubName,
    vendorId: order.vendorId,
    vendorName: order.vendorName,
    startDate: order.startsOn,
    endDate: order.endsOn,
  };
}

function viewPosition({ roleId, name, workersNeeded, startTime, endTime }: Position) {
  return { roleId, name, workersNeeded, startTime, endTime };
}

/** By the clock; an end that isn't after the start is the next day's. */
function minutesOf({ startTime, endTime }: Position): number {
  const [start = 0, end = 0] = [startTime, endTime].map(
    time => 60 * Number(time.slice(0, 2)) + Number(time.slice(3, 5)),
  );
  return end > start ? end - start : end - start + 1_440;
}
