import type { VerificationStatus } from '../../shared/verification-state.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** A worker process, one of the tenant's people, or an operator of the platform, each by their id. */
export type VerificationActor = 'worker' | `user/${string}` | `operator/${string}`;

/** One change of a verification: who, what, when, why. */
export interface VerificationEvent {
  /** From 1, without a gap. */
  seq: number;
  /** Null for the first. */
  fromStatus: VerificationStatus | null;
  toStatus: VerificationStatus;
  actor: VerificationActor;
  reason: string | null;
  details: Record<string, unknown> | null;
  at: Date;
}

export interface NewVerificationEvent {
  verificationId: string;
  to: VerificationStatus;
  actor: VerificationActor;
  reason: string | null;
  details: Record<string, unknown> | null;
}

const insertSql = sql('workforce/verification-events/insert');
const listSql = sql('workforce/verification-events/list');

/** Far more than anybody sends in again. */
const maxListed = 500;

/** Appends to the history. The caller has made the change in the same transaction, and so holds the verification's lock. */
export async function writeVerificationEvent(tx: Transaction, event: NewVerificationEvent): Promise<void> {
  const details = event.details && JSON.stringify(event.details);
  await tx.one(insertSql({ ...event, details }));
}

/** The first event first. */
export function listVerificationEvents(
  db: Connection,
  named: { tenantId: string; id: string },
): Promise<VerificationEvent[]> {
  return db.any<VerificationEvent>(listSql({ ...named, limit: maxListed }));
}
