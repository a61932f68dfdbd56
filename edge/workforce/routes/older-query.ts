import { z } from 'zod';
import { listFavoriteStaff } from '../../../db/workforce/favorite-staff.ts';
import { findAssignmentAttendance, findOrder, listOrders } from '../../../db/workforce/older-reads.ts';
import { getOrder } from '../../../db/workforce/orders.ts';
import { listOrderShifts } from '../../../db/workforce/shifts-write.ts';
import { summarizeStaffReviews } from '../../../db/workforce/staff-reviews.ts';
import { assignmentStatuses } from '../../../shared/assignment-state.ts';
import { Fault } from '../../../shared/fault.ts';
import { wallClock } from '../../../shared/recurrence.ts';
import { pageOf, pageQuery, readCursor } from '../../page-cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { attendanceSchema, viewAttendance } from '../attendance-view.ts';
import { actorIn, businessOf, ownBusiness, reachOf } from '../older-route.ts';
import { orderSchema, viewOrder } from '../order-view.ts';

const clients = ['workforce:client', 'workforce:admin'];
const everybody = [...clients, 'workforce:staff'];
const tenantId = z.uuid();
const maxShiftsShown = 400;

const orderSummarySchema = z.strictObject({
  ...orderSchema.pick({
    orderId: true,
    orderNumber: true,
    type: true,
    status: true,
    eventName: true,
    hubId: true,
    vendorId: true,
    startDate: true,
    endDate: true,
    cancelReason: true,
  }).shape,
  businessId: z.uuid(),
  hubName: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

const orders = defineRoute({
  method: 'GET',
  path: '/query/tenants/:tenantId/orders',
  successor: '/client/orders/view',
  summary: "A business's orders, newest first",
  description: "Admins see those of all the tenant's businesses.",
  roles: clients,
  idempotency: 'none',
  params: z.object({ tenantId }),
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ items: z.array(orderSummarySchema), nextCursor: z.string().nullable() }) },
  async handler(request) {
    const { db, query } = request;
    const actor = actorIn(request);
    const [afterId = null] = readCursor(query.cursor, z.tuple([z.uuid()])) ?? [];
    const scope = { tenantId: actor.tenant, businessId: businessOf(actor) };
    const rows = await listOrders(db, scope, { afterId, limit: query.limit + 1 });
    const { page, nextCursor } = pageOf(rows, query.limit, row => [row.id]);
    const items = page.map(({ id, startsOn, endsOn, createdAt, updatedAt, ...row }) => ({
      orderId: id,
      ...row,
      startDate: startsOn,
      endDate: endsOn,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    }));
    return { status: 200, body: { items, nextCursor } };
  },
});

const order = defineRoute({
  method: 'GET',
  path: '/query/tenants/:tenantId/orders/:orderId',
  successor: '/client/orders/view',
  summary: 'An order',
  roles: clients,
  idempotency: 'none',
  params: z.object({ tenantId, orderId: z.uuid() }),
  response: { 200: orderSchema },
  async handler(request) {
    const { db, params } = request;
    const actor = actorIn(request);
    const { tenant } = actor;
    const found = await findOrder(db, { tenantId: tenant, businessId: businessOf(actor) }, params.orderId);
    const owned = found && { tenantId: tenant, businessId: found.businessId, orderId: found.id };
    const row = owned && (await getOrder(db, owned));
    if (!row) throw new Fault('not_found', 'There is no such order.', { reason: 'ORDER_NOT_FOUND' });
    const from = wallClock(row.timeZone).dayOf(row.askedAt);
    const shifts = await listOrderShifts(db, { tenantId: tenant, orderId: row.id, from, limit: maxShiftsShown });
    return { status: 200, body: viewOrder(row, shifts) };
  },
});

const favorites = defineRoute({
  method: 'GET',
  path: '/query/tenants/:tenantId/businesses/:businessId/favorite-staff',
  successor: '/client/coverage/core-team',
  summary: 'The favorites of a business',
  roles: clients,
  idempotency: 'none',
  params: z.object({ tenantId, businessId: z.uuid() }),
  query: z.object(pageQuery),
  response: {
    200: z.strictObject({
      items: z.array(z.strictObject({ staffId: z.uuid(), fullName: z.string(), favoriteSince: z.iso.datetime() })),
      nextCursor: z.string().nullable(),
    }),
  },
  async handler(request) {
    const { db, params, query } = request;
    const business = ownBusiness(actorIn(request), params.businessId);
    const [afterId = null] = readCursor(query.cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await listFavoriteStaff(db, business, { afterId, limit: query.limit + 1 });
    const { page, nextCursor } = pageOf(rows, query.limit, row => [row.staffId]);
    const items = page.map(({ createdAt, ...row }) => ({ ...row, favoriteSince: createdAt.toISOString() }));
    return { status: 200, body: { items, nextCursor } };
  },
});

const reviewSummary = defineRoute({
  method: 'GET',
  path: '/query/tenants/:tenantId/staff/:staffId/review-summary',
  successor: '/client/reports/performance',
  summary: 'What a worker was given for their work',
  description: 'By the business of the client who asks; by all of the tenant’s for admins and the worker.',
  roles: everybody,
  idempotency: 'none',
  params: z.object({ tenantId, staffId: z.uuid() }),
  response: {
    200: z.strictObject({
      staffId: z.uuid(),
      reviewCount: z.int(),
      averageRating: z.number().nullable(),
      ratings: z
        .strictObject({ 1: z.int(), 2: z.int(), 3: z.int(), 4: z.int(), 5: z.int() })
        .describe('How often each was given'),
    }),
  },
  async handler(request) {
    const { db, params } = request;
    const { tenantId: tenant, all, businessId, staffId: self } = reachOf(actorIn(request));
    const staffId = params.staffId.toLowerCase();
    const whole = all || staffId === self;
    const scope = { tenantId: tenant, businessId: whole ? null : businessId, staffId };
    const row = whole || businessId !== null ? await summarizeStaffReviews(db, scope) : null;
    if (!row) throw new Fault('not_found', 'There is no such worker.', { reason: 'STAFF_NOT_FOUND' });
    const { ones, twos, threes, fours, fives, ...summary } = row;
    return { status: 200, body: { ...summary, ratings: { 1: ones, 2: twos, 3: threes, 4: fours, 5: fives } } };
  },
});

const attendance = defineRoute({
  method: 'GET',
  path: '/query/tenants/:tenantId/assignments/:assignmentId/attendance',
  successor: '/client/coverage',
  summary: "A worker's presence at an assignment",
  description: 'For the business that it is for, admins, and the worker. `attendance` is null until they clock in.',
  roles: everybody,
  idempotency: 'none',
  params: z.object({ tenantId, assignmentId: z.uuid() }),
  response: {
    200: z.strictObject({
      assignmentId: z.uuid(),
      shiftId: z.uuid(),
      staffId: z.uuid(),
      status: z.enum(assignmentStatuses),
      attendance: attendanceSchema.nullable(),
    }),
  },
  async handler(request) {
    const { db, params } = request;
    const row = await findAssignmentAttendance(db, reachOf(actorIn(request)), params.assignmentId);
    if (!row) throw new Fault('not_found', 'There is no such assignment.', { reason: 'ASSIGNMENT_NOT_FOUND' });
    const { assignmentId, shiftId, staffId, assignmentStatus: status } = row;
    const seen = row.id === null ? null : viewAttendance(row);
    return { status: 200, body: { assignmentId, shiftId, staffId, status, attendance: seen } };
  },
});

/** What older callers know below `/query`. */
export const olderQueryRoutes: readonly Route[] = [orders, order, favorites, reviewSummary, attendance];
