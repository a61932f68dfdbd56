import { z } from 'zod';
import { type EarningRow, paymentStatuses } from '../../db/workforce/staff-payments.ts';

const work = {
  assignmentId: z.uuid(),
  roleName: z.string(),
  eventName: z.string(),
  businessName: z.string(),
  hubName: z.string(),
  minutesWorked: z.int().describe('Paid minutes'),
  payRateCents: z.int().describe('For an hour'),
};

export const paymentSchema = z.strictObject({
  paymentId: z.uuid(),
  date: z.iso.date(),
  amountCents: z.int(),
  status: z.enum(paymentStatuses).describe('By the bill for the work: not made yet, made, paid'),
  ...work,
});

export const timeCardLineSchema = z.strictObject({
  timeCardId: z.uuid(),
  workDate: z.iso.date(),
  clockInAt: z.iso.datetime(),
  clockOutAt: z.iso.datetime(),
  payCents: z.int(),
  ...work,
});

export function viewPayment(row: EarningRow): z.output<typeof paymentSchema> {
  const { id: paymentId, workDate: date, payCents: amountCents, paymentStatus: status } = row;
  return { paymentId, date, amountCents, status, ...viewWork(row) };
}

export function viewTimeCardLine(row: EarningRow): z.output<typeof timeCardLineSchema> {
  const { id: timeCardId, workDate, clockInAt, clockOutAt, payCents } = row;
  return {
    timeCardId,
    workDate,
    clockInAt: clockInAt.toISOString(),
    clockOutAt: clockOutAt.toISOString(),
    payCents,
    ...viewWork(row),
  };
}

function viewWork(row: EarningRow) {
  const { assignmentId, roleName, eventName, businessName, hubName, minutes: minutesWorked, payRateCents } = row;
  return { assignmentId, roleName, eventName, businessName, hubName, minutesWorked, payRateCents };
}
