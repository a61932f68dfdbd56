import { z } from 'zod';
import {
  orderStatuses,
  orderTypes,
  shiftStatuses,
  type OrderedShift,
  type ShiftRole,
} from '../../db/workforce/order-reads.ts';
import { sumOf } from './percent.ts';
import { plannedCost } from './planned-cost.ts';

export const shiftRoleSchema = z.strictObject({
  roleId: z.uuid().describe('Of the role in this shift: what staff apply to'),
  name: z.string(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  workersNeeded: z.int(),
  workersConfirmed: z.int().describe('Places with a worker who has not dropped out or failed to come'),
});

/** What a shift says of itself, wherever a client sees it. */
export const shiftFields = {
  shiftId: z.uuid(),
  orderId: z.uuid(),
  orderNumber: z.string(),
  eventName: z.string(),
  hubId: z.uuid(),
  hubName: z.string(),
  date: z.iso.date().describe('On which it begins, in the time zone of the hub'),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  status: z.enum(shiftStatuses),
  workersNeeded: z.int(),
  workersConfirmed: z.int(),
};

export const orderedShiftSchema = z.strictObject({
  ...shiftFields,
  orderType: z.enum(orderTypes),
  orderStatus: z.enum(orderStatuses),
  vendorId: z.uuid().nullable(),
  vendorName: z.string().nullable(),
  estimatedCostCents: z.int().describe('If every place is filled and worked as planned'),
  roles: z.array(
    shiftRoleSchema.extend({
      hourlyRateCents: z.int().describe('As it was when it was ordered'),
      lunchBreakMinutes: z.int(),
      paidBreak: z.boolean(),
      instantBook: z.boolean(),
    }),
  ),
});

export function viewShiftRole(role: ShiftRole): z.output<typeof shiftRoleSchema> {
  return {
    roleId: role.id,
    name: role.name,
    startsAt: role.startsAt.toISOString(),
    endsAt: role.endsAt.toISOString(),
    workersNeeded: role.workersNeeded,
    workersConfirmed: role.workersConfirmed,
  };
}

/** @param roles the shift's own. */
export function viewShiftFields(shift: OrderedShift, roles: readonly ShiftRole[]) {
  return {
    shiftId: shift.id,
    orderId: shift.orderId,
    orderNumber: shift.orderNumber,
    eventName: shift.eventName,
    hubId: shift.hubId,
    hubName: shift.hubName,
    date: shift.date,
    startsAt: shift.startsAt.toISOString(),
    endsAt: shift.endsAt.toISOString(),
    status: shift.status,
    workersNeeded: sumOf(roles, role => role.workersNeeded),
    workersConfirmed: sumOf(roles, role => role.workersConfirmed),
  };
}

/** @param roles the shift's own. */
export function viewOrderedShift(
  shift: OrderedShift,
  roles: readonly ShiftRole[],
): z.output<typeof orderedShiftSchema> {
  const { orderType, orderStatus, vendorId, vendorName } = shift;
  return {
    ...viewShiftFields(shift, roles),
    orderType,
    orderStatus,
    vendorId,
    vendorName,
    estimatedCostCents: sumOf(roles, role => plannedCost({ ...role, minutes: minutesOf(role) })),
    roles: roles.map(role => {
      const { rateCents: hourlyRateCents, lunchBreakMinutes, paidBreak, instantBook } = role;
      return { ...viewShiftRole(role), hourlyRateCents, lunchBreakMinutes, paidBreak, instantBook };
    }),
  };
}

function minutesOf({ startsAt, endsAt }: ShiftRole): number {
  return Math.round((endsAt.getTime() - startsAt.getTime()) / 60_000);
}
