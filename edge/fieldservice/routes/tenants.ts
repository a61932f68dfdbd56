import { z } from 'zod';
import { activateDevice } from '../../../db/fieldservice/devices.ts';
import { listMembers, memberRoles } from '../../../db/fieldservice/memberships.ts';
import { createTenant, listTenantsOf, maxOwnedTenants } from '../../../db/fieldservice/tenants.ts';
import { Fault } from '../../../shared/fault.ts';
import { cursorMoment, pageOf, pageQuery, readCursor } from '../../page-cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { anyMember, fieldActor, managers, memberOf } from '../actor.ts';
import { memberSchema, viewMember } from '../member-view.ts';

const tenantParams = z.object({ id: z.guid() });
const memberCursor = z.tuple([cursorMoment, z.guid()]);

const list = defineRoute({
  method: 'GET',
  path: '/v1/tenants',
  summary: 'The tenants that the caller belongs to',
  description: 'By name, the first 500.',
  roles: 'any',
  response: {
    200: z.object({ tenants: z.array(z.object({ id: z.uuid(), name: z.string(), role: z.enum(memberRoles) })) }),
  },
  idempotency: 'none',
  async handler({ actor, db }) {
    return { status: 200, body: { tenants: await listTenantsOf(db, fieldActor(actor).id) } };
  },
});

const create = defineRoute({
  method: 'POST',
  path: '/v1/tenants',
  summary: 'Make a tenant',
  description:
    'Whoever makes it owns it, and is its first manager. Whoever owns 100 is answered 422 `TOO_MANY_TENANTS`.',
  roles: 'any',
  body: z.object({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be a line of text'),
  }),
  response: { 200: z.object({ id: z.uuid(), name: z.string() }) },
  idempotency: 'honoured',
  limitPerMinute: 20,
  async handler({ actor, transact, body: { name } }) {
    const tenant = await transact(tx => createTenant(tx, { name, userId: fieldActor(actor).id }));
    if (!tenant)
      throw new Fault('unprocessable', `You own ${maxOwnedTenants} tenants, which is as many as one may.`, {
        reason: 'TOO_MANY_TENANTS',
      });
    return { status: 200, body: tenant };
  },
});

const activate = defineRoute({
  method: 'POST',
  path: '/v1/tenants/:id/activate',
  summary: 'Bind a device to a tenant',
  description: 'May be repeated.',
  roles: anyMember,
  params: tenantParams,
  body: z.object({ deviceId: z.guid() }),
  response: { 200: z.object({ ok: z.literal(true) }) },
  idempotency: 'honoured',
  limitPerMinute: 60,
  async handler({ actor, db, params, body: { deviceId } }) {
    const { tenant: tenantId, id: userId } = memberOf(actor, params.id);
    await activateDevice(db, { tenantId, deviceId, userId });
    return { status: 200, body: { ok: true } };
  },
});

const members = defineRoute({
  method: 'GET',
  path: '/v1/tenants/:id/members',
  summary: 'The people of a tenant',
  description: 'Those who joined first come first.',
  roles: managers,
  params: tenantParams,
  query: z.object(pageQuery),
  response: { 200: z.object({ members: z.array(memberSchema), nextCursor: z.string().nullable() }) },
  idempotency: 'none',
  async handler({ actor, db, params, query: { limit, cursor } }) {
    const { tenant } = memberOf(actor, params.id);
    const place = readCursor(cursor, memberCursor);
    const after = place && { joinedAt: place[0], userId: place[1] };
    const rows = await listMembers(db, tenant, { after, limit });
    const { page, nextCursor } = pageOf(rows, limit, ({ joinedAt, userId }) => [joinedAt, userId]);
    return { status: 200, body: { members: page.map(viewMember), nextCursor } };
  },
});

export const tenantRoutes: readonly Route[] = [list, create, activate, members];
