import type { Connection } from '../../db/connect.ts';
import { type AuditFilter, type AuditRow, listAudit } from '../../db/core/audit.ts';

/** What operators did, newest first. What is not given is not asked for; `nextBeforeId` is null at the end. */
export async function readAudit(
  deps: { db: Connection },
  filter: Partial<AuditFilter>,
): Promise<{ entries: AuditRow[]; nextBeforeId: string | null }> {
  const { actor = null, action = null, subject = null, from = null, to = null, beforeId = null, limit = 50 } = filter;
  const rows = await listAudit(deps.db, { actor, action, subject, from, to, beforeId, limit: limit + 1 });
  const entries = rows.slice(0, limit);
  return { entries, nextBeforeId: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
}
