import { randomUUID } from 'node:crypto';
import type { FieldEntity } from '../../shared/field-records.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { type LogPage, logValues } from './audit.ts';

/** A device overwrote what another had written since it last looked. Instants are ISO-8601 in UTC with microseconds. */
export interface ConflictRow {
  id: string;
  entity: FieldEntity;
  entityId: string;
  fields: string[];
  summary: string;
  createdAt: string;
}

export type NewConflict = Omit<ConflictRow, 'id'> & {
  /** Of the value that was overwritten. */
  serverUpdatedAt: string;
};

const insertSql = sql('fieldservice/conflicts/insert');
const listSql = sql('fieldservice/conflicts/list', { replan: true });

export async function addConflicts(
  tx: Transaction,
  about: { tenantId: string; userId: string; deviceId: string },
  conflicts: readonly NewConflict[],
): Promise<void> {
  if (conflicts.length === 0) return;
  const rows = conflicts.map(({ entityId, serverUpdatedAt, createdAt, ...rest }) => ({
    id: randomUUID(),
    entity_id: entityId,
    server_updated_at: serverUpdatedAt,
    created_at: createdAt,
    ...rest,
  }));
  await tx.many(insertSql({ ...about, rows: JSON.stringify(rows) }));
}

export function listConflicts(db: Connection, tenantId: string, page: LogPage): Promise<ConflictRow[]> {
  return db.any<ConflictRow>(listSql(logValues(tenantId, page)));
}
