import { z } from 'zod';
import type { NotificationRow } from '../../db/marketplace/notifications.ts';

export const notificationSchema = z.strictObject({
  id: z.uuid(),
  type: z.string().describe('What it is about, for programs: `warranty_expiring`'),
  title: z.string(),
  body: z.string(),
  data: z.record(z.string(), z.unknown()).describe('Ids and dates to lead on from here, by type'),
  read_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
});

export function viewNotification(row: NotificationRow): z.output<typeof notificationSchema> {
  return {
    id: row.id,
    type: row.type,
    title: row.title,
    body: row.body,
    data: row.data,
    read_at: row.readAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  };
}
