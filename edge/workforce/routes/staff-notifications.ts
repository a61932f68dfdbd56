import { z } from 'zod';
import {
  listStaffNotifications,
  readStaffNotification,
  type StaffNotificationRow,
} from '../../../db/workforce/notifications.ts';
import { Fault } from '../../../shared/fault.ts';
import { pageOf, pageQuery, readCursor } from '../../page-cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { workforceActor } from '../actor.ts';

const roles = ['workforce:staff'] as const;

const notificationSchema = z.strictObject({
  notificationId: z.uuid(),
  type: z.string().describe('What it is about, for programs: `ORDER_CANCELLED`'),
  title: z.string(),
  body: z.string(),
  data: z.record(z.string(), z.unknown()).describe('Ids and dates to lead on from here, by type'),
  readAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

const list = defineRoute({
  method: 'GET',
  path: '/staff/notifications',
  summary: 'What the worker was told',
  description: 'Newest first.',
  roles,
  idempotency: 'none',
  query: z.object({
    ...pageQuery,
    unread: z
      .enum(['true', 'false'])
      .transform(text => text === 'true')
      .optional()
      .describe('Only unread ones, or only read ones; all when left out'),
  }),
  response: { 200: z.strictObject({ items: z.array(notificationSchema), nextCursor: z.string().nullable() }) },
  async handler({ actor, db, query: { limit, cursor, unread = null } }) {
    const { id: userId, tenant: tenantId } = workforceActor(actor);
    const [afterId] = readCursor(cursor, z.tuple([z.uuid()])) ?? [null];
    const rows = await listStaffNotifications(db, { tenantId, userId, unread }, { afterId, limit });
    const { page, nextCursor } = pageOf(rows, limit, row => [row.id]);
    return { status: 200, body: { items: page.map(viewNotification), nextCursor } };
  },
});

const read = defineRoute({
  method: 'POST',
  path: '/staff/notifications/:id/read',
  summary: 'Mark a notification as read',
  description: 'Once read, it keeps its first time of reading.',
  roles,
  idempotency: 'required',
  params: z.object({ id: z.uuid() }),
  body: z.strictObject({}).optional(),
  response: { 200: notificationSchema },
  async handler({ actor, db, params: { id } }) {
    const { id: userId, tenant: tenantId } = workforceActor(actor);
    const notification = await readStaffNotification(db, { tenantId, userId, id });
    if (!notification) throw new Fault('not_found', 'There is no such notification.');
    return { status: 200, body: viewNotification(notification) };
  },
});

function viewNotification(row: StaffNotificationRow): z.output<typeof notificationSchema> {
  return {
    notificationId: row.id,
    type: row.type,
    title: row.title,
    body: row.body,
    data: row.data,
    readAt: row.readAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

export const staffNotificationRoutes: readonly Route[] = [list, read];
