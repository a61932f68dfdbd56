import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export type TransferDirection = 'transfer' | 'reversal';

/**
 * `sent` commits before the call that it tells of. The others are what came of it: `busy` is an answer of 409 or 429,
 * `no_answer` also stands for a runner that died or was stopped meanwhile; `found` and `absent` tell of a read.
 */
export type TransferEvent =
  | 'sent'
  | 'completed'
  | 'refused'
  | 'busy'
  | 'no_answer'
  | 'unknown'
  | 'mismatch'
  | 'misconfigured'
  | 'found'
  | 'absent';

/** A line of the log of everything that was asked of the provider for a transfer; never changed, never deleted. */
export interface TransferAttemptRow {
  seq: number;
  direction: TransferDirection;
  event: TransferEvent;
  providerKey: string | null;
  /** The transfer or reversal that was made or found. */
  providerId: string | null;
  /** The provider's own id of the request, for its support. */
  providerRequestId: string | null;
  faultCode: string | null;
  jobId: string;
  attempt: number;
  at: Date;
}

export interface NewTransferAttempt {
  transferId: string;
  direction: TransferDirection;
  event: TransferEvent;
  providerKey?: string | null;
  providerId?: string | null;
  providerRequestId?: string | null;
  faultCode?: string | null;
  job: { id: string; attempt: number };
}

const insertSql = sql('marketplace/transfer-attempts/insert');
const lastSql = sql('marketplace/transfer-attempts/last');
const listSql = sql('marketplace/transfer-attempts/list');

/** Appends a line and answers its number. Needs the transfer's row locked. */
export async function writeTransferAttempt(tx: Transaction, line: NewTransferAttempt): Promise<number> {
  const { seq } = await tx.one<{ seq: number }>(
    insertSql({
      transferId: line.transferId,
      direction: line.direction,
      event: line.event,
      providerKey: line.providerKey ?? null,
      providerId: line.providerId ?? null,
      providerRequestId: line.providerRequestId ?? null,
      faultCode: line.faultCode ?? null,
      jobId: line.job.id,
      attempt: line.job.attempt,
    }),
  );
  return seq;
}

export function lastTransferAttempt(db: Connection, transferId: string): Promise<TransferAttemptRow | null> {
  return db.oneOrNone<TransferAttemptRow>(lastSql({ transferId }));
}

/** Oldest first. */
export function listTransferAttempts(db: Connection, transferId: string): Promise<TransferAttemptRow[]> {
  return db.any<TransferAttemptRow>(listSql({ transferId }));
}
