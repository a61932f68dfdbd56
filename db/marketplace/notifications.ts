import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

export interface NotificationRow {
  id: string;
  /** What it is about, for programs: `warranty_expiring`. */
  type: string;
  title: string;
  body: string;
  /** What a client needs to lead on from here: ids, dates. */
  data: Record<string, unknown>;
  readAt: Date | null;
  createdAt: Date;
}

export interface NewNotification {
  userId: string;
  type: string;
  title: string;
  body: string;
  data: Record<string, unknown>;
  /** Names what it tells, among everything that anyone is told: the same one again writes nothing. */
  onceKey: string;
}

const insertSql = sql('marketplace/notifications/insert');
const listSql = sql('marketplace/notifications/list', { replan: true });
const countSql = sql('marketplace/notifications/count', { replan: true });
const readSql = sql('marketplace/notifications/read');

/** Tells a user something, once. False if they had been told. */
export async function notify(tx: Connection, { data, ...notification }: NewNotification): Promise<boolean> {
  const row = await tx.oneOrNone(insertSql({ ...notification, id: uuidV7(), data: JSON.stringify(data) }));
  return row !== null;
}

/** Newest first, with the number of all that match; `unread: null` takes read ones and unread ones. */
export async function listNotifications(
  db: Connection,
  filter: { userId: string; unread: boolean | null },
  page: { limit: number; offset: number },
): Promise<{ notifications: NotificationRow[]; total: number }> {
  const notifications = await db.any<NotificationRow>(listSql({ ...filter, ...page }));
  const { total } = await db.one<{ total: number }>(countSql({ ...filter }));
  return { notifications, total };
}

/** Marks one as read, from the first time on. Null if the user has no such notification. */
export function readNotification(
  db: Connection,
  named: { userId: string; id: string },
): Promise<NotificationRow | null> {
  return db.oneOrNone<NotificationRow>(readSql(named));
}
