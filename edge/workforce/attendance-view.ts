import { z } from 'zod';
import type { AttendanceRow } from '../../db/workforce/attendance.ts';
import type { TimeCardLine } from '../../db/workforce/time-cards.ts';
import { clockInMethods, type Presence } from '../../shared/clock-in-policy.ts';

/** What a device shows of where it is. */
const presence = {
  nfcTagId: z.string().min(1).max(200).optional().describe('Of the tag at the hub'),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  accuracyMeters: z.number().min(0).max(1_000_000).optional().describe("The device's own estimate of its error"),
  overrideReason: z.string().trim().min(1).max(500).optional().describe('Why the worker is outside the fence'),
};

interface SentPresence {
  nfcTagId?: string | undefined;
  latitude?: number | undefined;
  longitude?: number | undefined;
  accuracyMeters?: number | undefined;
  overrideReason?: string | undefined;
}

export const clockBodySchema = z
  .strictObject({ assignmentId: z.uuid(), ...presence })
  .refine(({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined), {
    path: ['longitude'],
    message: 'must come with latitude, and latitude with it',
  })
  .refine(({ latitude, accuracyMeters }) => latitude !== undefined || accuracyMeters === undefined, {
    path: ['accuracyMeters'],
    message: 'must come with latitude and longitude',
  });

export function presenceOf({ nfcTagId, latitude, longitude, accuracyMeters, overrideReason }: SentPresence): Presence {
  return {
    nfcTagId: nfcTagId ?? null,
    position:
      latitude === undefined || longitude === undefined
        ? null
        : { latitude, longitude, accuracyMeters: accuracyMeters ?? null },
    overrideReason: overrideReason ?? null,
  };
}

export const attendanceSchema = z.strictObject({
  attendanceId: z.uuid(),
  assignmentId: z.uuid(),
  status: z.enum(['OPEN', 'CLOSED']),
  clockInAt: z.iso.datetime(),
  clockInMethod: z.enum(clockInMethods),
  distanceMeters: z.int().nullable().describe('From the hub, at the clock-in'),
  overrideReason: z.string().nullable(),
  late: z.boolean(),
  clockOutAt: z.iso.datetime().nullable(),
  clockOutMethod: z.enum(clockInMethods).nullable().describe('Null also where nothing was shown'),
});

export const timeCardSchema = z.strictObject({
  timeCardId: z.uuid(),
  workDate: z.iso.date().describe('On which the role began, in the time zone of the hub'),
  minutesWorked: z.int().describe('Paid minutes'),
  payCents: z.int(),
});

export function viewAttendance(row: AttendanceRow): z.output<typeof attendanceSchema> {
  const { id: attendanceId, assignmentId, status, clockInMethod, overrideReason, late, clockOutMethod } = row;
  return {
    attendanceId,
    assignmentId,
    status,
    clockInAt: row.clockInAt.toISOString(),
    clockInMethod,
    distanceMeters: row.clockInDistanceMeters === null ? null : Math.round(row.clockInDistanceMeters),
    overrideReason,
    late,
    clockOutAt: row.clockOutAt?.toISOString() ?? null,
    clockOutMethod,
  };
}

export function viewTimeCard({ id, workDate, minutes, payCents }: TimeCardLine): z.output<typeof timeCardSchema> {
  return { timeCardId: id, workDate, minutesWorked: minutes, payCents };
}
