import { z } from 'zod';
import type { Transaction } from '../../../db/connect.ts';
import type { OwnShift } from '../../../db/workforce/assignments.ts';
import {
  getOwnAssignment,
  getShiftForStaff,
  listComing,
  listGone,
  listOpenRoles,
  type ListPlace,
} from '../../../db/workforce/staff-reads.ts';
import { acceptShift, applyToShift, declineShift, requestSwap } from '../../../db/workforce/staff-shifts.ts';
import type { AssignmentStatus } from '../../../shared/assignment-state.ts';
import { cursorMoment, pageOf, pageQuery, readCursor } from '../../page-cursor.ts';
import { defineRoute, type Reply, type Route, type RouteRequest } from '../../route.ts';
import { ownStaff } from '../actor.ts';
import { staffCommand, staffRead } from '../staff-command.ts';
import {
  openShiftSchema,
  ownShiftSchema,
  staffShiftSchema,
  viewOpenShift,
  viewOwnShift,
  viewStaffShift,
} from '../staff-shift-view.ts';

const params = z.object({ shiftId: z.uuid() });
const placeSchema = z.tuple([cursorMoment, z.uuid()]);

function listSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

function placeOf(cursor: string | undefined): ListPlace | null {
  const place = readCursor(cursor, placeSchema);
  return place && { startsAt: new Date(place[0]), id: place[1] };
}

const keyOf = ({ startsAt, id }: ListPlace) => [startsAt.toISOString(), id];

/** A list of the worker's own assignments. */
function ownList(name: string, summary: string, read: typeof listComing, statuses: readonly AssignmentStatus[]): Route {
  return defineRoute({
    method: 'GET',
    path: `/staff/shifts/${name}`,
    summary,
    description: read === listComing ? 'What is not over yet, the soonest first.' : 'The latest first.',
    ...staffRead,
    query: z.object(pageQuery),
    response: { 200: listSchema(ownShiftSchema) },
    async handler({ actor, db, query: { limit, cursor } }) {
      const rows = await read(db, ownStaff(actor), { statuses, after: placeOf(cursor), limit });
      const { page, nextCursor } = pageOf(rows, limit, keyOf);
      return { status: 200, body: { items: page.map(viewOwnShift), nextCursor } };
    },
  });
}

const open = defineRoute({
  method: 'GET',
  path: '/staff/shifts/open',
  summary: 'Shifts to apply to',
  description:
    'Roles with a place that is free or given away, at a time when the worker is not booked; the soonest first.',
  ...staffRead,
  query: z.object(pageQuery),
  response: { 200: listSchema(openShiftSchema) },
  async handler({ actor, db, query: { limit, cursor } }) {
    const rows = await listOpenRoles(db, ownStaff(actor), { after: placeOf(cursor), limit });
    const { page, nextCursor } = pageOf(rows, limit, keyOf);
    return { status: 200, body: { items: page.map(viewOpenShift), nextCursor } };
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/staff/shifts/:shiftId',
  summary: 'A shift',
  description: 'One that the worker has a part in, or may apply to.',
  ...staffRead,
  params,
  response: { 200: staffShiftSchema },
  async handler({ actor, db, params: { shiftId } }) {
    const { shift, roles, assignments } = await getShiftForStaff(db, ownStaff(actor), shiftId);
    return { status: 200, body: viewStaffShift(shift, roles, assignments) };
  },
});

const apply = defineRoute({
  method: 'POST',
  path: '/staff/shifts/:shiftId/apply',
  summary: 'Apply for a place',
  description:
    'PENDING: the client is to answer. ASSIGNED: the place is taken, and the worker is to accept it; so it is where the role can be booked instantly and that was asked for, and where a colleague asks to be replaced.',
  ...staffCommand,
  params,
  body: z.strictObject({ roleId: z.uuid(), instantBook: z.boolean().default(false) }),
  response: { 200: ownShiftSchema },
  handler: request => change(request, (tx, own, cause) => applyToShift(tx, { ...own, ...request.body }, cause)),
});

const accept = defineRoute({
  method: 'POST',
  path: '/staff/shifts/:shiftId/accept',
  summary: 'Accept a place',
  ...staffCommand,
  params,
  body: z.strictObject({}).optional(),
  response: { 200: ownShiftSchema },
  handler: request => change(request, acceptShift),
});

const decline = defineRoute({
  method: 'POST',
  path: '/staff/shifts/:shiftId/decline',
  summary: 'Decline a place, or take an application back',
  description: 'Until the start; the place becomes free.',
  ...staffCommand,
  params,
  body: z.strictObject({}).optional(),
  response: { 200: ownShiftSchema },
  handler: request => change(request, declineShift),
});

const swap = defineRoute({
  method: 'POST',
  path: '/staff/shifts/:shiftId/request-swap',
  summary: 'Ask to be replaced',
  description:
    'Until four hours before the start. The place stays the worker’s until a colleague takes it; untaken until four hours before the start, or for a day, it is as if nothing had been asked, and the worker is told.',
  ...staffCommand,
  params,
  body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
  response: { 200: ownShiftSchema },
  handler: request => change(request, (tx, own) => requestSwap(tx, own, request.body.reason)),
});

/** Does something to the worker's part in a shift, and shows what has become of it. */
async function change(
  request: Pick<RouteRequest<z.output<typeof params>>, 'actor' | 'params' | 'transact' | 'requestId' | 'traceparent'>,
  work: (tx: Transaction, own: OwnShift, cause: { requestId: string; trace: string | null }) => Promise<string>,
): Promise<Reply> {
  const worker = ownStaff(request.actor);
  const own = { ...worker, shiftId: request.params.shiftId };
  const cause = { requestId: request.requestId, trace: request.traceparent };
  const row = await request.transact(async tx => getOwnAssignment(tx, worker, await work(tx, own, cause)));
  return { status: 200, body: viewOwnShift(row) };
}

export const staffShiftRoutes: readonly Route[] = [
  ownList('assigned', 'Places that the worker has', listComing, [
    'ASSIGNED',
    'ACCEPTED',
    'SWAP_REQUESTED',
    'CHECKED_IN',
  ]),
  open,
  ownList('pending', 'Applications without an answer', listComing, ['PENDING']),
  ownList('cancelled', 'Places and applications that came to nothing', listGone, ['CANCELLED', 'DECLINED', 'NO_SHOW']),
  ownList('completed', 'Shifts that the worker has worked', listGone, ['CHECKED_OUT', 'COMPLETED']),
  show,
  apply,
  accept,
  decline,
  swap,
];
