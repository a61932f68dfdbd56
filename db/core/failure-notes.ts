import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** What operators have said of the failures of one kind with one code. */
export interface FailureNoteRow {
  kind: string;
  code: string;
  /** Empty: none. */
  note: string;
  /** Null also once it has passed. */
  silencedUntil: Date | null;
  updatedBy: string;
  updatedAt: Date;
}

const listSql = sql('core/failure-notes/list');
const noteSql = sql('core/failure-notes/note');
const silenceSql = sql('core/failure-notes/silence');

/** The latest 1,000. */
export function listFailureNotes(db: Connection): Promise<FailureNoteRow[]> {
  return db.any<FailureNoteRow>(listSql());
}

export function setFailureNote(
  db: Connection,
  entry: { kind: string; code: string; note: string; by: string },
): Promise<FailureNoteRow> {
  return db.one<FailureNoteRow>(noteSql(entry));
}

export function setFailureSilence(
  db: Connection,
  entry: { kind: string; code: string; until: Date | null; by: string },
): Promise<FailureNoteRow> {
  return db.one<FailureNoteRow>(silenceSql(entry));
}
