import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const raiseSql = sql('core/alerts/raise');
const listOpenSql = sql('core/alerts/list-open');
const listSql = sql('core/alerts/list', { replan: true });
const closeSql = sql('core/alerts/close');

export interface AlertRow {
  id: string;
  kind: string;
  subject: string;
  details: Record<string, unknown>;
  count: number;
  raisedAt: Date;
  lastRaisedAt: Date;
}

export interface ListedAlert extends AlertRow {
  resolvedAt: Date | null;
  /** Of one that an operator has closed. */
  closedBy: string | null;
  closeReason: string | null;
}

/** Raises something that a person must look at; the same one again only counts up. True if it was not open before. */
export async function raiseAlert(
  db: Connection,
  alert: { kind: string; subject: string; details: Record<string, unknown> },
): Promise<boolean> {
  const { isNew } = await db.one<{ isNew: boolean }>(
    raiseSql({ id: uuidV7(), kind: alert.kind, subject: alert.subject, details: JSON.stringify(alert.details) }),
  );
  return isNew;
}

export function listOpenAlerts(db: Connection, limit = 200): Promise<AlertRow[]> {
  return db.any<AlertRow>(listOpenSql({ limit }));
}

const afterEveryId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Those that were raised last come first. */
export function listAlerts(
  db: Connection,
  { isOpen, beforeId, limit }: { isOpen: boolean; beforeId: string | null; limit: number },
): Promise<ListedAlert[]> {
  return db.any<ListedAlert>(listSql({ isOpen, beforeId: beforeId ?? afterEveryId, limit }));
}

/** Null if it is not open. Raised again, it opens anew. */
export function closeAlert(db: Connection, id: string): Promise<AlertRow | null> {
  return db.oneOrNone<AlertRow>(closeSql({ id }));
}
