import { notification as spec } from '../../shared/jobs/notification.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { insertJobs } from '../insert-job.ts';
import { sql } from '../sql.ts';

export interface StaffNotificationRow {
  id: string;
  /** What it is about, for programs: `ORDER_CANCELLED`. */
  type: string;
  title: string;
  body: string;
  /** What a client needs to lead on from here: ids, dates. */
  data: Record<string, unknown>;
  readAt: Date | null;
  createdAt: Date;
}

export interface StaffNotice {
  tenantId: string;
  userId: string;
  type: string;
  /** The e-mail's subject too. */
  title: string;
  body: string;
  data: Record<string, unknown>;
  /** Names what it tells, and whom, among everything that anyone is told: the same one again tells nothing. */
  onceKey: string;
}

/** On whose behalf rows and jobs are made: of a request, or of a job. */
export interface WorkCause {
  requestId: string;
  trace?: string | null;
}

const insertSql = sql('workforce/notifications/insert');
const listSql = sql('workforce/notifications/list', { replan: true });
const readSql = sql('workforce/notifications/read');
const openSql = sql('workforce/notifications/open');

/** Tells somebody something, once, in the app and by e-mail. False if they had been told. */
export async function notifyStaff(tx: Transaction, notice: StaffNotice, cause: WorkCause): Promise<boolean> {
  return (await notifyAllStaff(tx, [notice], cause)) === 1;
}

/** Tells many at once: two statements, however many they are. Answers how many had not been told before. */
export async function notifyAllStaff(
  tx: Transaction,
  notices: readonly StaffNotice[],
  cause: WorkCause,
): Promise<number> {
  if (notices.length === 0) return 0;
  const told = await tx.any<{ id: string }>(
    insertSql({
      ids: notices.map(() => uuidV7()),
      tenantIds: notices.map(notice => notice.tenantId),
      userIds: notices.map(notice => notice.userId),
      types: notices.map(notice => notice.type),
      titles: notices.map(notice => notice.title),
      bodies: notices.map(notice => notice.body),
      data: notices.map(notice => JSON.stringify(notice.data)),
      onceKeys: notices.map(notice => notice.onceKey),
    }),
  );
  const payloads = told.map(({ id }) => ({ area: 'workforce' as const, notificationId: id }));
  await insertJobs(tx, spec, payloads, { owner: 'system', ...cause });
  return told.length;
}

/** Newest first, one more than `limit` where there is one; `unread: null` takes read ones and unread ones. */
export function listStaffNotifications(
  db: Connection,
  filter: { tenantId: string; userId: string; unread: boolean | null },
  page: { afterId: string | null; limit: number },
): Promise<StaffNotificationRow[]> {
  return db.any<StaffNotificationRow>(listSql({ ...filter, afterId: page.afterId, limit: page.limit + 1 }));
}

/** Marks one as read, from the first time on. Null if the user has no such notification. */
export function readStaffNotification(
  db: Connection,
  named: { tenantId: string; userId: string; id: string },
): Promise<StaffNotificationRow | null> {
  return db.oneOrNone<StaffNotificationRow>(readSql(named));
}

/** What is to be mailed, and where to: null for somebody who has named no address. Null if there is no such notification. */
export function openStaffNotification(
  db: Connection,
  id: string,
): Promise<{ title: string; body: string; email: string | null } | null> {
  return db.oneOrNone(openSql({ id }));
}
