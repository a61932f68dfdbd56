import type { Outcome } from '../shared/outcome.ts';
import type { Transaction } from './connect.ts';

/** The job whose outcome is being recorded. */
export interface SettledJob {
  id: string;
  kind: string;
  owner: string;
  tenant: string | null;
  payload: unknown;
  /** Attempts spent, the one that has just ended included. */
  attempt: number;
  maxAttempts: number;
  requestId: string;
  trace: string | null;
}

/** An outcome as recorded: with the moment of the next attempt, by the database's clock, if there is one. */
export type Settlement = Outcome & { dueAt: Date | null };

/**
 * What the end of an attempt means for the job's domain row. Runs in whatever transaction records the outcome: a worker's,
 * the rescue's, a cancel, an operator's. So no domain row is left waiting for a job that has ended.
 */
export type Settler = (tx: Transaction, job: SettledJob, settlement: Settlement) => Promise<void>;

/** kind → settler, for kinds that have a domain row. */
export type Settlers = ReadonlyMap<string, Settler>;
