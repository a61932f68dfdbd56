import type { RecordedFault } from '../../shared/fault.ts';
import type { JobState } from '../../shared/state.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** A job that was claimed lately. */
export interface TailedJob {
  id: string;
  kind: string;
  owner: string;
  state: JobState;
  attempt: number;
  maxAttempts: number;
  claimNo: number;
  fault: RecordedFault | null;
  dueAt: Date | null;
  startedAt: Date;
  finishedAt: Date | null;
}

export interface TailLook {
  /** Null: only what runs. */
  since: Date | null;
  kind: string | null;
  owner: string | null;
  /** Ids of jobs that ran at the last look. */
  watched: readonly string[];
  /** No more of each worker's newest claims. */
  limit: number;
}

const tailSql = sql('core/jobs/tail', { replan: true });

/** The jobs that were claimed since a moment, and those that are watched, in the order in which they ended or began. */
export async function readTail(
  db: Connection,
  look: TailLook,
): Promise<{ at: Date; begun: number; jobs: TailedJob[] }> {
  const rows = await db.any<{ at: Date; begun: number } & (TailedJob | { id: null })>(tailSql({ ...look }));
  const [first] = rows;
  if (!first) throw new Error('a look at the tail answers a row in any case');
  return { at: first.at, begun: first.begun, jobs: rows.filter(row => row.id !== null) };
}
