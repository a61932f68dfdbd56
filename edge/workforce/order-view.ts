import { z } from 'zod';
import { maxPositions } from '../../db/workforce/order-positions.ts';
import type { OrderRow } from '../../db/workforce/orders.ts';
import type { OrderShiftRow } from '../../db/workforce/shifts-write.ts';
import { calendarDay } from './day-range.ts';

const weekDayNames = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** Days of the week: numbers as in ISO 8601 (Monday is 1), or names, of which the first three letters tell. */
export const weekDaysSchema = z
  .array(
    z.union([
      z.int().min(1).max(7),
      z
        .string()
        .regex(
          /^(mon(day)?|tue(sday)?|wed(nesday)?|thu(rsday)?|fri(day)?|sat(urday)?|sun(day)?)$/i,
          'must be a day, as in MON',
        )
        .transform(text => 1 + weekDayNames.indexOf(text.slice(0, 3).toUpperCase())),
    ]),
  )
  .min(1)
  .max(7)
  .transform(days => [...new Set(days)].sort((a, b) => a - b))
  .describe('1 to 7, Monday first, or `MON` … `SUN`');

const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, as in 08:30')
  .describe("On the hub's clock. An end before the start is the next day's");
const lunchBreakMinutes = z.int().min(0).max(240);

const positionSchema = z
  .strictObject({
    roleId: z.uuid().describe("Of the vendor's kind of work"),
    workersNeeded: z.int().min(1).max(500),
    startTime: time,
    endTime: time,
    lunchBreakMinutes: lunchBreakMinutes.default(0),
    paidBreak: z.boolean().default(false),
    instantBook: z.boolean().default(false).describe('Who applies has the place at once'),
  })
  .refine(({ startTime, endTime }) => startTime !== endTime, { error: 'must not be startTime', path: ['endTime'] });

const positionChangeSchema = z.strictObject({
  positionNo: z
    .int()
    .min(1)
    .max(maxPositions)
    .optional()
    .describe(
      'Which position of the order is meant, from 1; one more than there are adds one. Without it the role tells',
    ),
  roleId: z.uuid(),
  workersNeeded: z.int().min(0).max(500).optional(),
  startTime: time.optional(),
  endTime: time.optional(),
  lunchBreakMinutes: lunchBreakMinutes.optional(),
  paidBreak: z.boolean().optional(),
  instantBook: z.boolean().optional(),
});

const eventName = z.string().trim().min(1).max(200);

/** What all kinds of orders are asked with. */
export const orderFields = {
  hubId: z.uuid(),
  vendorId: z.uuid().optional().describe('All roles are of one vendor; without it, whose they are'),
  eventName,
  positions: z.array(positionSchema).min(1).max(maxPositions),
};

export const orderChangeSchema = z
  .strictObject({
    eventName: eventName.optional(),
    orderDate: calendarDay.optional().describe('Of a one-time order'),
    endDate: calendarDay.nullable().optional().describe('Of a recurring order; of a permanent one too, or null'),
    recurrenceDays: weekDaysSchema.optional(),
    daysOfWeek: weekDaysSchema.optional(),
    positions: z.array(positionChangeSchema).min(1).max(maxPositions).optional(),
  })
  .refine(change => Object.keys(change).length > 0, 'must change something')
  .refine(change => !(change.recurrenceDays && change.daysOfWeek), 'recurrenceDays and daysOfWeek say the same');

export const placedOrderSchema = z.strictObject({
  orderId: z.uuid(),
  orderNumber: z.string(),
  shiftIds: z.array(z.uuid()).describe('In the order of their days'),
});

export const orderSchema = z.strictObject({
  orderId: z.uuid(),
  orderNumber: z.string(),
  type: z.enum(['ONE_TIME', 'RECURRING', 'PERMANENT']),
  status: z.enum(['DRAFT', 'OPEN', 'FILLED', 'ACTIVE', 'COMPLETED', 'CANCELLED']),
  eventName: z.string(),
  hubId: z.uuid(),
  vendorId: z.uuid().nullable(),
  startDate: z.iso.date(),
  endDate: z.iso.date().nullable(),
  weekDays: z.array(z.int()).describe('1 to 7, Monday first; empty for a single day'),
  horizonDays: z.int().nullable().describe('For how many days ahead a permanent order has shifts'),
  cancelReason: z.string().nullable(),
  positions: z.array(
    z.strictObject({
      positionNo: z.int(),
      roleId: z.uuid(),
      name: z.string(),
      hourlyRateCents: z.int(),
      workersNeeded: z.int(),
      startTime: z.string(),
      endTime: z.string(),
      lunchBreakMinutes: z.int(),
      paidBreak: z.boolean(),
      instantBook: z.boolean(),
    }),
  ),
  shifts: z
    .array(
      z.strictObject({
        shiftId: z.uuid(),
        date: z.iso.date(),
        startsAt: z.iso.datetime(),
        endsAt: z.iso.datetime(),
        status: z.string(),
        workersNeeded: z.int(),
        workersBooked: z.int(),
      }),
    )
    .describe('From today on'),
});

export function viewOrder(order: OrderRow, shifts: readonly OrderShiftRow[]): z.output<typeof orderSchema> {
  return {
    orderId: order.id,
    orderNumber: order.orderNumber,
    type: order.type,
    status: order.status,
    eventName: order.eventName,
    hubId: order.hubId,
    vendorId: order.vendorId,
    startDate: order.startsOn,
    endDate: order.endsOn,
    weekDays: order.weekDays,
    horizonDays: order.horizonDays,
    cancelReason: order.cancelReason,
    positions: order.positions.map((position, index) => ({
      positionNo: index + 1,
      roleId: position.roleId,
      name: position.name,
      hourlyRateCents: position.rateCents,
      workersNeeded: position.workersNeeded,
      startTime: position.startTime,
      endTime: position.endTime,
      lunchBreakMinutes: position.lunchBreakMinutes,
      paidBreak: position.paidBreak,
      instantBook: position.instantBook,
    })),
    shifts: shifts.map(({ id: shiftId, startsAt, endsAt, ...shift }) => ({
      shiftId,
      ...shift,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
    })),
  };
}
