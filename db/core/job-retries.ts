import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const markSql = sql('core/jobs/mark-retried');
const retriesSql = sql('core/jobs/retries');

/** Notes which job does again what this one failed to do. False if another was noted before, or if it has not ended badly. */
export async function markRetried(tx: Connection, id: string, retriedAs: string): Promise<boolean> {
  return (await tx.oneOrNone(markSql({ id, retriedAs }))) !== null;
}

export interface JobRetries {
  /** The job that this one was posted anew as; null: none. */
  retriedAs: string | null;
  /** The jobs that this one was posted anew for, at most 20. */
  retryOf: string[];
}

export function readRetries(db: Connection, id: string): Promise<JobRetries> {
  return db.one<JobRetries>(retriesSql({ id }));
}
