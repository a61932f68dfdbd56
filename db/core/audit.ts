import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const insertSql = sql('core/audit/insert');

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
