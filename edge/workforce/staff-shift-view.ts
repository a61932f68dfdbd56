import { z } from 'zod';
import type {
  OpenRoleRow,
  OwnAssignmentRow,
  RoleFacts,
  StaffShiftRow,
  WorkFacts,
} from '../../db/workforce/staff-reads.ts';
import { assignmentStatuses } from '../../shared/assignment-state.ts';
import { clockInModes, clockInOpensBeforeMs } from '../../shared/clock-in-policy.ts';

const work = {
  eventName: z.string(),
  businessName: z.string(),
  hub: z.strictObject({
    hubId: z.uuid(),
    name: z.string(),
    address: z.string(),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    timeZone: z.string(),
  }),
  date: z.iso.date().describe('On which it begins, in the time zone of the hub'),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
};

const role = {
  shiftId: z.uuid(),
  roleId: z.uuid(),
  roleName: z.string(),
  payRateCents: z.int().describe('What the worker gets for an hour'),
  lunchBreakMinutes: z.int(),
  paidBreak: z.boolean(),
  ...work,
};

export const ownShiftSchema = z.strictObject({
  assignmentId: z.uuid(),
  status: z.enum(assignmentStatuses),
  ...role,
  clockInMode: z.enum(clockInModes),
  replacesAssignmentId: z.uuid().nullable().describe('Of the colleague whose place it was'),
  swap: z
    .strictObject({ reason: z.string(), requestedAt: z.iso.datetime() })
    .nullable()
    .describe('While one is asked for'),
  attendance: z
    .strictObject({ clockInAt: z.iso.datetime(), clockOutAt: z.iso.datetime().nullable(), late: z.boolean() })
    .nullable(),
  minutesWorked: z.int().nullable().describe('Paid minutes, once it is over'),
  payCents: z.int().nullable(),
});

export const todaysShiftSchema = ownShiftSchema.extend({
  radiusMeters: z.int(),
  clockInOpensAt: z.iso.datetime(),
  clockInClosesAt: z.iso.datetime(),
  canClockIn: z.boolean(),
});

export const openShiftSchema = z.strictObject({
  ...role,
  instantBook: z.boolean().describe('Whether a free place may be taken at once'),
  workersNeeded: z.int(),
  placesLeft: z.int(),
  swapsOffered: z.int().describe('How many colleagues ask to be replaced: their places are taken at once'),
});

export const staffShiftSchema = z.strictObject({
  shiftId: z.uuid(),
  status: z.enum(['OPEN', 'FILLED', 'ACTIVE', 'COMPLETED', 'CANCELLED']),
  ...work,
  clockInMode: z.enum(clockInModes),
  radiusMeters: z.int(),
  roles: z.array(openShiftSchema),
  assignments: z.array(ownShiftSchema).describe("The caller's own, the newest first"),
});

export function viewOwnShift(row: OwnAssignmentRow): z.output<typeof ownShiftSchema> {
  const { id: assignmentId, status, clockInMode, replacesId, swapReason, swapRequestedAt } = row;
  const { clockInAt, clockOutAt, late, minutes, payCents } = row;
  return {
    assignmentId,
    status,
    ...viewRole(row, row.shiftRoleId),
    clockInMode,
    replacesAssignmentId: replacesId,
    swap:
      status === 'SWAP_REQUESTED' && swapRequestedAt
        ? { reason: swapReason ?? '', requestedAt: swapRequestedAt.toISOString() }
        : null,
    attendance: clockInAt && {
      clockInAt: clockInAt.toISOString(),
      clockOutAt: clockOutAt?.toISOString() ?? null,
      late: late ?? false,
    },
    minutesWorked: minutes,
    payCents,
  };
}

export function viewTodaysShift(row: OwnAssignmentRow): z.output<typeof todaysShiftSchema> {
  const opensAt = clockInOpensAt(row);
  const awaited = row.status === 'ASSIGNED' || row.status === 'ACCEPTED';
  return {
    ...viewOwnShift(row),
    radiusMeters: row.radiusMeters,
    clockInOpensAt: opensAt.toISOString(),
    clockInClosesAt: row.endsAt.toISOString(),
    canClockIn: awaited && row.now >= opensAt && row.now <= row.endsAt,
  };
}

export function clockInOpensAt({ startsAt }: Pick<OwnAssignmentRow, 'startsAt'>): Date {
  return new Date(startsAt.getTime() - clockInOpensBeforeMs);
}

export function viewOpenShift(row: OpenRoleRow): z.output<typeof openShiftSchema> {
  const { instantBook, workersNeeded, placesLeft, swaps: swapsOffered } = row;
  return { ...viewRole(row, row.id), instantBook, workersNeeded, placesLeft, swapsOffered };
}

export function viewStaffShift(
  shift: StaffShiftRow,
  roles: readonly OpenRoleRow[],
  assignments: readonly OwnAssignmentRow[],
): z.output<typeof staffShiftSchema> {
  const { id: shiftId, status, clockInMode, radiusMeters } = shift;
  return {
    shiftId,
    status,
    ...viewWork(shift),
    clockInMode,
    radiusMeters,
    roles: roles.map(viewOpenShift),
    assignments: assignments.map(viewOwnShift),
  };
}

function viewRole(row: RoleFacts, roleId: string) {
  const { shiftId, roleName, payRateCents, lunchBreakMinutes, paidBreak } = row;
  return { shiftId, roleId, roleName, payRateCents, lunchBreakMinutes, paidBreak, ...viewWork(row) };
}

function viewWork(row: WorkFacts) {
  const { eventName, businessName, hubId, hubName: name, address, latitude, longitude, timeZone, date } = row;
  return {
    eventName,
    businessName,
    hub: { hubId, name, address, latitude, longitude, timeZone },
    date,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
  };
}
