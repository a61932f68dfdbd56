import { retriableStatuses, statusesBefore, type TransferStatus, unpaidStatuses } from '../../shared/transfer-state.ts';
import type { Transaction } from '../connect.ts';
import { sql, type Sql } from '../sql.ts';

/*
 * Every change of a transfer. Each is one update, guarded by the moves drawn in shared/transfer-state.ts; `false` says
 * that the row was not in a status that admits it, and that nothing was written. Hold the row's lock (`lockTransfer`).
 */

const beginTrySql = sql('marketplace/transfers/begin-try');
const freezeSql = sql('marketplace/transfers/freeze');
const noteRefusalSql = sql('marketplace/transfers/note-refusal');
const noteUnknownSql = sql('marketplace/transfers/note-unknown');
const noteAbsentSql = sql('marketplace/transfers/note-absent');
const noteDestinationSql = sql('marketplace/transfers/note-destination');
const endTrySql = sql('marketplace/transfers/end-try');
const moveSql = sql('marketplace/transfers/move');
const completeSql = sql('marketplace/transfers/complete');
const holdSql = sql('marketplace/transfers/hold');
const cancelSql = sql('marketplace/transfers/cancel');
const askReversalSql = sql('marketplace/transfers/ask-reversal');
const completeReversalSql = sql('marketplace/transfers/complete-reversal');
const scheduleSql = sql('marketplace/transfers/schedule');

const triable: readonly TransferStatus[] = [...unpaidStatuses, 'reversal_pending'];

async function did(tx: Transaction, statement: Sql, values: Record<string, unknown>): Promise<boolean> {
  return (await tx.oneOrNone(statement(values))) !== null;
}

/** A try begins; it counts once it has ended. */
export function beginTry(tx: Transaction, id: string): Promise<boolean> {
  return did(tx, beginTrySql, { id, from: triable });
}

/** Fixes what is about to be sent under the key, a new one if so asked. Answers the key's sequence number; null if the row has moved on. */
export async function freezeCall(
  tx: Transaction,
  call: { id: string; keySeq: number; newKey: boolean; destination: string | null },
): Promise<number | null> {
  const row = await tx.oneOrNone<{ keySeq: number }>(freezeSql({ ...call, from: triable }));
  return row?.keySeq ?? null;
}

/** The provider refused, and did nothing: the next send takes a new key. */
export function noteRefusal(tx: Transaction, id: string, keySeq: number): Promise<boolean> {
  return did(tx, noteRefusalSql, { id, keySeq });
}

/** The provider answered, but not whether it acted: the key is burnt until it has been read back. */
export function noteUnknown(tx: Transaction, id: string, keySeq: number): Promise<boolean> {
  return did(tx, noteUnknownSql, { id, keySeq });
}

/** The provider was read and shows nothing of the call. */
export function noteAbsent(tx: Transaction, id: string, keySeq: number): Promise<boolean> {
  return did(tx, noteAbsentSql, { id, keySeq });
}

/** The provider was read and has paid it there, though this row was never sent: a backup was put back meanwhile. */
export function noteDestination(tx: Transaction, id: string, destination: string): Promise<boolean> {
  return did(tx, noteDestinationSql, { id, destination });
}

/** Ends the try under way; `spent: false` for one that was cut short by a shutdown. */
export function endTry(
  tx: Transaction,
  id: string,
  end: { spent: boolean; nextRetryAt: Date | null },
): Promise<{ tries: number; reversalTries: number } | null> {
  return tx.oneOrNone(endTrySql({ id, ...end }));
}

/** Paid. */
export function completeTransfer(tx: Transaction, id: string, providerTransferId: string): Promise<boolean> {
  return did(tx, completeSql, { id, providerTransferId, from: statusesBefore('completed') });
}

/** A try came to nothing. */
export function failTransfer(tx: Transaction, id: string): Promise<boolean> {
  return move(tx, id, 'failed');
}

/** All tries are spent. */
export function giveUpTransfer(tx: Transaction, id: string): Promise<boolean> {
  return move(tx, id, 'permanently_failed');
}

/** Held while its order's refund or dispute is open. Only for what is certainly unpaid, or was read as absent twice. */
export function holdTransfer(tx: Transaction, id: string): Promise<boolean> {
  return did(tx, holdSql, { id, from: statusesBefore('held') });
}

/** To be paid after all. */
export function unholdTransfer(tx: Transaction, id: string): Promise<boolean> {
  return move(tx, id, 'pending');
}

/** Never to be paid. */
export function cancelTransfer(tx: Transaction, id: string): Promise<boolean> {
  return did(tx, cancelSql, { id, from: statusesBefore('cancelled') });
}

/** A completed transfer, or one whose reversal failed, is to be taken back. */
export function askReversal(tx: Transaction, id: string): Promise<boolean> {
  return did(tx, askReversalSql, { id, from: statusesBefore('reversal_pending') });
}

/** Taken back. */
export function completeReversal(tx: Transaction, id: string, providerReversalId: string): Promise<boolean> {
  return did(tx, completeReversalSql, { id, providerReversalId, from: statusesBefore('reversed') });
}

export function failReversal(tx: Transaction, id: string): Promise<boolean> {
  return move(tx, id, 'reversal_failed');
}

/** The row's live job has been pulled, or one was made: its next attempt is now. */
export function scheduleNow(tx: Transaction, id: string): Promise<boolean> {
  return did(tx, scheduleSql, { id, from: [...retriableStatuses, 'reversal_pending'] });
}

function move(tx: Transaction, id: string, to: TransferStatus): Promise<boolean> {
  return did(tx, moveSql, { id, to, from: statusesBefore(to) });
}
