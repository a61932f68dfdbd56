import { randomUUID } from 'node:crypto';
import type { FieldEntity } from '../../shared/field-records.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** One applied change. Instants are ISO-8601 in UTC with microseconds. */
export interface AuditRow {
  id: string;
  entity: FieldEntity;
  entityId: string;
  action: 'created' | 'updated' | 'deleted';
  summary: string;
  /** "Carlos (Manager)". */
  actor: string;
  createdAt: string;
}

export type NewAudit = Omit<AuditRow, 'id' | 'actor'> & {
  /** SHA-256 in hex of a pushed change; null for what no push did. */
  digest: string | null;
};

/** Who did it. */
export interface AuditActor {
  userId: string;
  displayName: string;
  email: string | null;
  role: 'manager' | 'employee';
}

/** Part of a log, newest first: what came strictly after `since` and before `before`. */
export interface LogPage {
  since: string | null;
  before: string | null;
  limit: number;
  /** Null: a manager, who reads all of it. */
  employee: { employeeId: string | null } | null;
}

const knownSql = sql('fieldservice/audit/known-digests');
const insertSql = sql('fieldservice/audit/insert');
const listSql = sql('fieldservice/audit/list', { replan: true });

/** Which of these changes were applied before. */
export async function knownDigests(
  db: Connection,
  tenantId: string,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.any<{ digest: string }>(knownSql({ tenantId, digests }));
  return new Set(rows.map(row => row.digest));
}

/** Writes what was done, in the transaction that does it. `createdAt` is the change's own instant. */
export async function addAudit(
  tx: Transaction,
  about: { tenantId: string; actor: AuditActor; deviceId: string | null },
  rows: readonly NewAudit[],
): Promise<void> {
  if (rows.length === 0) return;
  const { tenantId, actor, deviceId } = about;
  const given = rows.map(({ entityId, createdAt, ...rest }) => ({
    id: randomUUID(),
    entity_id: entityId,
    created_at: createdAt,
    ...rest,
  }));
  const { userId } = actor;
  await tx.many(insertSql({ tenantId, userId, deviceId, actor: actorName(actor), rows: JSON.stringify(given) }));
}

export function listAudit(db: Connection, tenantId: string, page: LogPage): Promise<AuditRow[]> {
  return db.any<AuditRow>(listSql(logValues(tenantId, page)));
}

/** For the statements that list a log. */
export function logValues(tenantId: string, { since, before, limit, employee }: LogPage): Record<string, unknown> {
  return { tenantId, since, before, limit, everything: employee === null, employeeId: employee?.employeeId ?? null };
}

/** One who has told no name is called by what stands before the @ of their address. */
function actorName({ displayName, email, role }: AuditActor): string {
  const name = displayName || (email?.split('@')[0] ?? '') || 'Somebody';
  return `${name} (${role === 'manager' ? 'Manager' : 'Employee'})`;
}
