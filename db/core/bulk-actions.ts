import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** One action on many jobs. */
export interface BulkActionRow {
  id: string;
  action: 'redrive' | 'cancel';
  filter: BulkFilter;
  reason: string;
  /** It waits for a second operator's approval. */
  movesMoney: boolean;
  state: 'proposed' | 'running' | 'done' | 'stopped';
  /** Jobs that fitted when it was proposed. */
  total: number;
  done: number;
  /** Had ended, or were taken up by somebody else, meanwhile. */
  skipped: number;
  /** Could not be acted on. */
  failed: number;
  lastError: string | null;
  createdBy: string;
  createdAt: Date;
  approvedBy: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
  stoppedBy: string | null;
}

/** Which jobs, of those with a fault: all that is given must fit. */
export interface BulkFilter {
  kind: string;
  /** The fault's code. */
  code?: string;
  /** ISO-8601: made at or after, before. */
  from?: string;
  to?: string;
  owner?: string;
  tenant?: string;
  /** These alone, at most 1,000. */
  ids?: string[];
}

const listLiveSql = sql('core/bulk-actions/list-live');

/** Those that are proposed or run, and those that ended a moment ago, the newest first. */
export function listLiveBulkActions(db: Connection): Promise<BulkActionRow[]> {
  return db.any<BulkActionRow>(listLiveSql());
}
