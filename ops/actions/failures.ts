import type { Connection } from '../../db/connect.ts';
import {
  type FailureNoteRow,
  listFailureNotes,
  setFailureNote,
  setFailureSilence,
} from '../../db/core/failure-notes.ts';
import { listSnapshots } from '../../db/core/snapshots.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import type { FailureGroup, FailuresSnapshot } from '../snapshots/failures.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** A group with what operators have said of it. */
export interface FailureView extends FailureGroup {
  /** Empty: none. */
  note: string;
  /** Null also once it has passed. */
  silencedUntil: Date | null;
  notedBy: string | null;
  notedAt: Date | null;
}

const maxNoteLength = 2_000;

/** The groups as the ticker saw them last, those that are silenced at the end; null if none ever looked. */
export async function listFailureGroups(
  deps: { db: Connection },
  filter: { kind?: string | undefined } = {},
): Promise<{ ageS: number; groups: FailureView[] } | null> {
  const [snapshots, notes] = await Promise.all([listSnapshots(deps.db), listFailureNotes(deps.db)]);
  const seen = snapshots.find(snapshot => snapshot.name === 'failures');
  if (!seen) return null;
  const { groups } = seen.body as FailuresSnapshot;
  const wanted = filter.kind === undefined ? groups : groups.filter(group => group.kind === filter.kind);
  return { ageS: seen.ageS, groups: noteGroups(wanted, notes) };
}

/** Puts groups and notes together; those that are silenced come last. */
export function noteGroups(
  groups: readonly FailureGroup[],
  notes: readonly FailureNoteRow[],
  now: Date = new Date(),
): FailureView[] {
  const noteOf = new Map(notes.map(row => [JSON.stringify([row.kind, row.code]), row]));
  const views = groups.map((group): FailureView => {
    const said = noteOf.get(JSON.stringify([group.kind, group.code]));
    // The notes may have been read a while ago.
    const until = said?.silencedUntil ?? null;
    return {
      ...group,
      note: said?.note ?? '',
      silencedUntil: until !== null && until > now ? until : null,
      notedBy: said?.updatedBy ?? null,
      notedAt: said?.updatedAt ?? null,
    };
  });
  const isSilenced = (view: FailureView) => view.silencedUntil !== null;
  return [...views.filter(view => !isSilenced(view)), ...views.filter(isSilenced)];
}

/** Says something of a group, for the next who looks; an empty note takes it away. Fault: `invalid` over 2,000 characters. */
export async function noteFailure(
  deps: TransactDeps,
  { kind, code, note }: { kind: string; code: string; note: string },
  operator: Operator,
): Promise<FailureNoteRow> {
  if (note.length > maxNoteLength) throw new Fault('invalid', `A note has at most ${maxNoteLength} characters.`);
  return transact(deps, async tx => {
    const row = await setFailureNote(tx, { kind, code, note, by: operator.actor });
    await leaveTrace(tx, operator, { action: 'failure.note', subject: subjectOf(kind, code), details: { note } });
    return row;
  });
}

/** Leaves a group out of what must be looked at until a moment; null lifts that. Fault: `invalid` for a moment that has passed. */
export async function silenceFailure(
  deps: TransactDeps,
  { kind, code, until }: { kind: string; code: string; until: Date | null },
  operator: Operator,
): Promise<FailureNoteRow> {
  if (until !== null && !(until.getTime() > Date.now()))
    throw new Fault('invalid', 'The silence must end in the future.');
  return transact(deps, async tx => {
    const row = await setFailureSilence(tx, { kind, code, until, by: operator.actor });
    const action = until === null ? 'failure.unsilence' : 'failure.silence';
    await leaveTrace(tx, operator, { action, subject: subjectOf(kind, code), details: { until } });
    return row;
  });
}

function subjectOf(kind: string, code: string): string {
  return `${kind}/${code}`;
}
