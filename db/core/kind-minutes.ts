import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** What a minute, or a longer step, of one kind came to. Counts are of that time, the others the most that was seen in it. */
export interface KindMinute {
  kind: string;
  accepted: number;
  succeeded: number;
  failed: number;
  retried: number;
  ready: number;
  running: number;
  retrying: number;
  oldestS: number;
  /** From acceptance to result; null if nothing succeeded. */
  p50Ms: number | null;
  p99Ms: number | null;
}

const addSql = sql('core/kind-minutes/add');
const listSql = sql('core/kind-minutes/list', { replan: true });
const reapSql = sql('core/kind-minutes/reap');

/** Adds to the present minute's counts; its other figures are kept where they are higher, the durations are replaced. */
export async function addToMinute(db: Connection, rows: readonly KindMinute[]): Promise<void> {
  if (rows.length === 0) return;
  const given = rows.map(({ oldestS, p50Ms, p99Ms, ...rest }) => ({
    ...rest,
    oldest_s: oldestS,
    p50_ms: p50Ms,
    p99_ms: p99Ms,
  }));
  await db.many(addSql({ rows: JSON.stringify(given) }));
}

/** The last `sinceS` seconds in steps of `stepS`, oldest first; of one kind, or of all. `atS` is the step's beginning, in Unix seconds. */
export function listKindMinutes(
  db: Connection,
  { sinceS, stepS, kind = null }: { sinceS: number; stepS: number; kind?: string | null },
): Promise<(KindMinute & { atS: number })[]> {
  return db.any(listSql({ sinceS, stepS, kind }));
}

/** Answers how many rows were old enough to go. */
export async function reapKindMinutes(db: Connection): Promise<number> {
  return (await db.any(reapSql())).length;
}
