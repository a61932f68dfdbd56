import { ArmedFaults } from '../armed-faults.ts';

/**
 * What an armed fault does, by the moment at which it strikes:
 * - gate, before the idempotency layer, so replays meet it too and nothing is stored: `rate_limit` (429), `drop_before`
 *   (the connection closes), `timeout_before` (no answer ever comes); the endpoint doesn't run.
 * - execution, only when the endpoint really runs: `slow` (holds the key in progress for `delayMs`, then runs),
 *   `server_error` (500, no money moved), `server_error_after` (the money moved, then 500), `insufficient_balance` and
 *   `account_closed` (400). The answer, a 500 too, is stored under the key.
 * - answer, once a result is stored: `drop_after`, `timeout_after`; the money has moved, the caller never hears of it.
 */
export const faultMoments = {
  rate_limit: 'gate',
  drop_before: 'gate',
  timeout_before: 'gate',
  slow: 'execution',
  server_error: 'execution',
  server_error_after: 'execution',
  insufficient_balance: 'execution',
  account_closed: 'execution',
  drop_after: 'answer',
  timeout_after: 'answer',
} as const;

export type StripeFaultName = keyof typeof faultMoments;

export interface StripeFault {
  /** An endpoint's name, `transfers.create`, or `*`. */
  on: string;
  fault: StripeFaultName;
  /** How many requests it strikes; 1 unless told. */
  times?: number;
  /** Strikes only requests whose destination, transfer group and metadata (each given name) are these; a reversal has its transfer's. */
  match?: FaultSubject;
  /** Of `slow`; 1,000 unless told. */
  delayMs?: number;
}

export interface FaultSubject {
  destination?: string | undefined;
  transfer_group?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

/** The faults that are armed. */
export class Faults extends ArmedFaults<StripeFault> {
  /** Takes one strike of the oldest fault that fits, or returns null. */
  take(moment: 'gate' | 'execution' | 'answer', endpoint: string, subject: FaultSubject): StripeFault | null {
    return this.strike(
      armed =>
        faultMoments[armed.fault] === moment &&
        (armed.on === '*' || armed.on === endpoint) &&
        fits(armed.match, subject),
    );
  }
}

function fits(match: FaultSubject | undefined, subject: FaultSubject): boolean {
  if (match === undefined) return true;
  if (match.destination !== undefined && match.destination !== subject.destination) return false;
  if (match.transfer_group !== undefined && match.transfer_group !== subject.transfer_group) return false;
  return Object.entries(match.metadata ?? {}).every(([name, value]) => subject.metadata?.[name] === value);
}
