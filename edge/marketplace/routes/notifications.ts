import { z } from 'zod';
import { listNotifications, readNotification } from '../../../db/marketplace/notifications.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { notificationSchema, viewNotification } from '../notification-view.ts';
import { pageQuery } from '../page-query.ts';

const users = ['marketplace:user'] as const;

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/notifications',
  summary: 'What the user was told',
  description: 'Newest first.',
  roles: users,
  idempotency: 'none',
  query: z.object({
    ...pageQuery,
    unread: z
      .enum(['true', 'false'])
      .transform(text => text === 'true')
      .optional()
      .describe('Only unread ones, or only read ones; all when left out'),
  }),
  response: { 200: z.strictObject({ notifications: z.array(notificationSchema), total: z.int() }) },
  async handler({ actor, db, query: { unread = null, ...page } }) {
    const { notifications, total } = await listNotifications(db, { userId: actor!.id, unread }, page);
    return { status: 200, body: { notifications: notifications.map(viewNotification), total } };
  },
});

const read = defineRoute({
  method: 'POST',
  path: '/api/v1/notifications/:id/read',
  summary: 'Mark a notification as read',
  description: 'Once read, it keeps its first time of reading.',
  roles: users,
  idempotency: 'honoured',
  params: z.object({ id: z.uuid() }),
  body: z.strictObject({}).optional(),
  response: { 200: notificationSchema },
  async handler({ actor, db, params: { id } }) {
    const notification = await readNotification(db, { userId: actor!.id, id });
    if (!notification) throw new Fault('not_found', 'There is no such notification.');
    return { status: 200, body: viewNotification(notification) };
  },
});

export const notificationRoutes: readonly Route[] = [list, read];
