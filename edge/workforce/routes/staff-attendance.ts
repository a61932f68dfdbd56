import { z } from 'zod';
import { clockIn, clockOut, findOpenAttendance } from '../../../db/workforce/attendance.ts';
import { getOwnAssignment, listNear } from '../../../db/workforce/staff-reads.ts';
import { defineRoute, type Route } from '../../route.ts';
import { ownStaff } from '../actor.ts';
import { allItems, allItemsSchema } from '../all-items.ts';
import {
  attendanceSchema,
  clockBodySchema,
  presenceOf,
  timeCardSchema,
  viewAttendance,
  viewTimeCard,
} from '../attendance-view.ts';
import { staffCommand, staffRead } from '../staff-command.ts';
import {
  clockInOpensAt,
  ownShiftSchema,
  todaysShiftSchema,
  viewOwnShift,
  viewTodaysShift,
} from '../staff-shift-view.ts';

const today = defineRoute({
  method: 'GET',
  path: '/staff/clock-in/shifts/today',
  summary: 'Where to clock in today',
  description: 'Shifts of today, at their places, and those where one may clock in already or is clocked in still.',
  ...staffRead,
  response: { 200: allItemsSchema(todaysShiftSchema) },
  async handler({ actor, db }) {
    const near = await listNear(db, ownStaff(actor));
    const rows = near.filter(row => row.date <= row.today || clockInOpensAt(row) <= row.now);
    return { status: 200, body: allItems(rows.map(viewTodaysShift)) };
  },
});

const status = defineRoute({
  method: 'GET',
  path: '/staff/clock-in/status',
  summary: 'Whether the worker is clocked in, and where',
  ...staffRead,
  response: {
    200: z.strictObject({
      clockedIn: z.boolean(),
      attendance: attendanceSchema.nullable(),
      shift: ownShiftSchema.nullable(),
    }),
  },
  async handler({ actor, db }) {
    const own = ownStaff(actor);
    const session = await findOpenAttendance(db, own);
    const shift = session && viewOwnShift(await getOwnAssignment(db, own, session.assignmentId));
    return {
      status: 200,
      body: { clockedIn: session !== null, attendance: session && viewAttendance(session), shift },
    };
  },
});

const goIn = defineRoute({
  method: 'POST',
  path: '/staff/clock-in',
  summary: 'Clock in',
  description:
    "From an hour before the start to the end, as the shift's policy asks, else its hub's: with the tag there, or a position inside its fence. A wrong tag is refused whatever else is shown; outside the fence it takes a reason, where the tenant takes one.",
  ...staffCommand,
  body: clockBodySchema,
  faults: ['not_found'],
  response: { 200: attendanceSchema },
  async handler({ actor, body, transact }) {
    const own = { ...ownStaff(actor), assignmentId: body.assignmentId };
    const session = await transact(tx => clockIn(tx, own, presenceOf(body)));
    return { status: 200, body: viewAttendance(session) };
  },
});

const goOut = defineRoute({
  method: 'POST',
  path: '/staff/clock-out',
  summary: 'Clock out',
  description:
    'What is shown is judged as at the clock-in; showing nothing is taken too, and noted. The time is paid from the planned start at the earliest, without unpaid breaks, to the clock-out; what is worked past the planned end counts for four hours at most.',
  ...staffCommand,
  body: clockBodySchema,
  faults: ['not_found'],
  response: { 200: attendanceSchema.extend({ timeCard: timeCardSchema }) },
  async handler({ actor, body, transact }) {
    const own = { ...ownStaff(actor), assignmentId: body.assignmentId };
    const { session, line } = await transact(tx => clockOut(tx, own, presenceOf(body)));
    return { status: 200, body: { ...viewAttendance(session), timeCard: viewTimeCard(line) } };
  },
});

export const staffAttendanceRoutes: readonly Route[] = [today, status, goIn, goOut];
