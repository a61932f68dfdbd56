import { uuidV7, uuidV7Floor } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const insertSql = sql('core/audit/insert');
const insertHourlySql = sql('core/audit/insert-hourly');
const listSql = sql('core/audit/list', { replan: true });

export interface AuditRow {
  id: string;
  actor: string;
  action: string;
  subject: string | null;
  reason: string | null;
  /** How many it was about. */
  affected: number;
  details: unknown;
  at: Date;
}

/** Null: whatever it is. */
export interface AuditFilter {
  actor: string | null;
  action: string | null;
  subject: string | null;
  /** At or after, before. */
  from: Date | null;
  to: Date | null;
  /** Only entries made before this id. */
  beforeId: string | null;
  limit: number;
}

/** Leaves a trace of an operator's action; write it in the transaction that acts. */
export async function writeAudit(
  db: Connection,
  entry: { actor: string; action: string; subject?: string; reason?: string; affected?: number; details?: unknown },
): Promise<void> {
  await db.one(
    insertSql({
      id: uuidV7(),
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject ?? null,
      reason: entry.reason ?? null,
      affected: entry.affected ?? 1,
      details: entry.details === undefined ? null : JSON.stringify(entry.details),
    }),
  );
}

/** Leaves a trace of a look, which is not told again for an hour. */
export async function writeAuditHourly(
  db: Connection,
  entry: { actor: string; action: string; subject: string },
): Promise<void> {
  await db.oneOrNone(insertHourlySql({ id: uuidV7(), ...entry }));
}

/** No process's clock is off by more; the entries' own times, which are the database's, decide. */
const clockSlackMs = 3_600_000;
const afterEveryId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Newest first. */
export function listAudit(db: Connection, { beforeId, ...filter }: AuditFilter): Promise<AuditRow[]> {
  const { from, to } = filter;
  const bounds = [beforeId ?? afterEveryId, to ? uuidV7Floor(to.getTime() + clockSlackMs) : afterEveryId];
  const fromId = uuidV7Floor(from ? from.getTime() - clockSlackMs : 0);
  return db.any<AuditRow>(listSql({ ...filter, fromId, beforeId: bounds.sort()[0] }));
}
