import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** What the ticker's leader saw last. */
export interface SnapshotRow {
  name: string;
  at: Date;
  tookMs: number;
  body: unknown;
  /** By the database's clock. */
  ageS: number;
}

const putSql = sql('core/snapshots/put');
const listSql = sql('core/snapshots/list');

export async function putSnapshot(
  db: Connection,
  { name, tookMs, body }: { name: string; tookMs: number; body: unknown },
): Promise<void> {
  await db.one(putSql({ name, tookMs: Math.round(tookMs), body: JSON.stringify(body) }));
}

export function listSnapshots(db: Connection): Promise<SnapshotRow[]> {
  return db.any<SnapshotRow>(listSql());
}
