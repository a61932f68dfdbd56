import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const raiseSql = sql('core/alerts/raise');
const listOpenSql = sql('core/alerts/list-open');

export interface AlertRow {
  id: string;
  kind: string;
  subject: string;
  details: Record<string, unknown>;
  count: number;
  raisedAt: Date;
  lastRaisedAt: Date;
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
