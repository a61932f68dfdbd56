import { z } from 'zod';
import { assignStaff } from '../../../db/workforce/assign-staff.ts';
import { changeShiftStatus, settableShiftStatuses } from '../../../db/workforce/change-shift-status.ts';
import { addFavoriteStaff, removeFavoriteStaff } from '../../../db/workforce/favorite-staff.ts';
import { reviewStaff } from '../../../db/workforce/staff-reviews.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { workforceActor } from '../actor.ts';
import { businessOf, olderRoute, ownBusiness, routeAt } from '../older-route.ts';
import { clientOrderRoutes } from './client-orders.ts';
import { staffAttendanceRoutes } from './staff-attendance.ts';
import { staffShiftRoutes } from './staff-shifts.ts';

/** What has no unified route of its own names the one that shows what it changes. */
const command = {
  roles: ['workforce:client', 'workforce:admin'],
  idempotency: 'required',
  limitPerMinute: 60,
} as const;

const placing = {
  ONE_TIME: routeAt(clientOrderRoutes, '/client/orders/one-time'),
  RECURRING: routeAt(clientOrderRoutes, '/client/orders/recurring'),
  PERMANENT: routeAt(clientOrderRoutes, '/client/orders/permanent'),
} as const;

/** The body of one of them, with its type. */
const bodyOf = <Type extends z.ZodType>(route: Route, type: Type) => (route.body as z.ZodObject).extend({ type });

const create: Route = {
  ...olderRoute(placing.ONE_TIME, '/commands/orders/create'),
  summary: 'Order staff',
  description: 'Takes what the unified routes take, one for each `type`.',
  body: z.discriminatedUnion('type', [
    bodyOf(placing.ONE_TIME, z.literal('ONE_TIME').optional()),
    bodyOf(placing.RECURRING, z.literal('RECURRING')),
    bodyOf(placing.PERMANENT, z.literal('PERMANENT')),
  ]),
  handler(request) {
    const { type = 'ONE_TIME', ...body } = request.body as { type?: keyof typeof placing };
    return placing[type].handler({ ...request, body });
  },
};

const assign = defineRoute({
  ...command,
  method: 'POST',
  path: '/commands/shifts/:shiftId/assign-staff',
  successor: '/client/coverage',
  summary: 'Give a worker a place in a shift',
  description: 'For the worker to accept. 409 `SHIFT_NOT_OPEN`, `ALREADY_ASSIGNED`, `SHIFT_OVERLAP`, `SHIFT_FULL`.',
  params: z.object({ shiftId: z.uuid() }),
  body: z.strictObject({ roleId: z.uuid(), staffId: z.uuid() }),
  response: {
    201: z.strictObject({
      assignmentId: z.uuid(),
      shiftId: z.uuid(),
      roleId: z.uuid(),
      staffId: z.uuid(),
      status: z.literal('ASSIGNED'),
    }),
  },
  async handler({ actor, params: { shiftId }, body, transact, requestId, traceparent: trace }) {
    const caller = workforceActor(actor);
    const wanted = { tenantId: caller.tenant, businessId: businessOf(caller), shiftId, ...body };
    const assignmentId = await transact(tx => assignStaff(tx, wanted, { requestId, trace }));
    return { status: 201, body: { assignmentId, shiftId, ...body, status: 'ASSIGNED' } };
  },
});

const changeStatus = defineRoute({
  ...command,
  method: 'POST',
  path: '/commands/shifts/:shiftId/change-status',
  successor: '/client/coverage',
  summary: 'Begin, end or cancel a shift',
  description: '409 `SHIFT_NOT_STARTED`, `ATTENDANCE_OPEN`, `SHIFT_STARTED`, `WRONG_SHIFT_STATUS`.',
  params: z.object({ shiftId: z.uuid() }),
  body: z.strictObject({ status: z.enum(settableShiftStatuses) }),
  response: { 200: z.strictObject({ shiftId: z.uuid(), status: z.enum(settableShiftStatuses) }) },
  async handler({ actor, params: { shiftId }, body: { status }, transact, requestId, traceparent: trace }) {
    const caller = workforceActor(actor);
    const shift = { tenantId: caller.tenant, businessId: businessOf(caller), shiftId };
    await transact(tx => changeShiftStatus(tx, shift, status, { requestId, trace }));
    return { status: 200, body: { shiftId, status } };
  },
});

const favoriteSchema = z.strictObject({ businessId: z.uuid(), staffId: z.uuid(), favorite: z.boolean() });

const addFavorite = defineRoute({
  ...command,
  method: 'POST',
  path: '/commands/businesses/:businessId/favorite-staff',
  successor: '/client/coverage/core-team',
  summary: 'Have a worker among the favorites of a business',
  params: z.object({ businessId: z.uuid() }),
  body: z.strictObject({ staffId: z.uuid() }),
  response: { 201: favoriteSchema },
  async handler({ actor, params, body: { staffId }, transact }) {
    const favorite = { ...ownBusiness(workforceActor(actor), params.businessId), staffId };
    if (!(await transact(tx => addFavoriteStaff(tx, favorite))))
      throw new Fault('not_found', 'There is no such worker.', { reason: 'STAFF_NOT_FOUND' });
    return { status: 201, body: { businessId: favorite.businessId, staffId, favorite: true } };
  },
});

const removeFavorite = defineRoute({
  ...command,
  method: 'DELETE',
  path: '/commands/businesses/:businessId/favorite-staff/:staffId',
  successor: '/client/coverage/core-team',
  summary: 'Take a worker from the favorites of a business',
  params: z.object({ businessId: z.uuid(), staffId: z.uuid() }),
  response: { 200: favoriteSchema },
  async handler({ actor, params: { businessId, staffId }, transact }) {
    const favorite = { ...ownBusiness(workforceActor(actor), businessId), staffId };
    if (!(await transact(tx => removeFavoriteStaff(tx, favorite))))
      throw new Fault('not_found', 'This worker is no favorite of the business.', { reason: 'FAVORITE_NOT_FOUND' });
    return { status: 200, body: { businessId: favorite.businessId, staffId, favorite: false } };
  },
});

const review = defineRoute({
  ...command,
  method: 'POST',
  path: '/commands/assignments/:assignmentId/reviews',
  successor: '/client/reports/performance',
  summary: 'Say how a worker did, once it is done',
  description: '409 `ASSIGNMENT_NOT_WORKED`, `ALREADY_REVIEWED`.',
  params: z.object({ assignmentId: z.uuid() }),
  body: z.strictObject({ rating: z.int().min(1).max(5), comment: z.string().trim().max(2_000).default('') }),
  response: {
    201: z.strictObject({
      reviewId: z.uuid(),
      assignmentId: z.uuid(),
      staffId: z.uuid(),
      rating: z.int(),
      comment: z.string(),
      createdAt: z.iso.datetime(),
    }),
  },
  async handler({ actor, params: { assignmentId }, body, transact }) {
    const caller = workforceActor(actor);
    const { tenant: tenantId, id: createdBy } = caller;
    const wanted = { tenantId, businessId: businessOf(caller), assignmentId, createdBy, ...body };
    const { id: reviewId, createdAt, ...row } = await transact(tx => reviewStaff(tx, wanted));
    return { status: 201, body: { reviewId, ...row, createdAt: createdAt.toISOString() } };
  },
});

/** What older callers know below `/commands`. */
export const olderCommandRoutes: readonly Route[] = [
  create,
  olderRoute(routeAt(clientOrderRoutes, '/client/orders/:orderId/edit'), '/commands/orders/:orderId/update'),
  olderRoute(routeAt(clientOrderRoutes, '/client/orders/:orderId/cancel'), '/commands/orders/:orderId/cancel'),
  assign,
  olderRoute(routeAt(staffShiftRoutes, '/staff/shifts/:shiftId/accept'), '/commands/shifts/:shiftId/accept'),
  changeStatus,
  olderRoute(routeAt(staffAttendanceRoutes, '/staff/clock-in'), '/commands/attendance/clock-in'),
  olderRoute(routeAt(staffAttendanceRoutes, '/staff/clock-out'), '/commands/attendance/clock-out'),
  addFavorite,
  removeFavorite,
  review,
];
