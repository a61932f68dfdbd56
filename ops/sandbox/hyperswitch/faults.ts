import { ArmedFaults } from '../armed-faults.ts';

/**
 * What an armed fault does, by the moment at which it strikes:
 * - gate, before the endpoint: `rate_limit` (429), `drop_before` (the connection closes), `timeout_before` (no answer ever comes).
 * - execution: `slow` (runs after `delayMs`), `server_error` (500, nothing happened), `server_error_after` (it happened, then 500).
 * - answer, once it has happened: `drop_after`, `timeout_after`.
 * - outcome, of a payment or refund being made: `fails`, which is how it settles then.
 * - delivery, each try to send a webhook: `late` (tries again after `delayMs`), `twice`, `wrong_signature`, `dropped` (never sent at all),
 *   `out_of_order` (the end of a payment is followed by an older `payment_processing`; other events just go out).
 */
export const faultMoments = {
  rate_limit: 'gate',
  drop_before: 'gate',
  timeout_before: 'gate',
  slow: 'execution',
  server_error: 'execution',
  server_error_after: 'execution',
  drop_after: 'answer',
  timeout_after: 'answer',
  fails: 'outcome',
  late: 'delivery',
  twice: 'delivery',
  out_of_order: 'delivery',
  wrong_signature: 'delivery',
  dropped: 'delivery',
} as const;

export type HyperswitchFaultName = keyof typeof faultMoments;
type Moment = (typeof faultMoments)[HyperswitchFaultName];

export interface HyperswitchFault {
  /** An endpoint's name, `payments.create`; of a delivery an event's, `payment_succeeded`; or `*`. */
  on: string;
  fault: HyperswitchFaultName;
  /** How often it strikes; 1 unless told. */
  times?: number;
  /** Strikes only what is about that payment, or about one with this metadata (each given name). */
  match?: FaultSubject;
  /** Of `slow` and `late`; 1,000 unless told. */
  delayMs?: number;
}

export interface FaultSubject {
  payment_id?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** The faults that are armed. */
export class Faults extends ArmedFaults<HyperswitchFault> {
  /** Takes one strike of the oldest fault that fits, or returns null. */
  take(moment: Moment, on: string, subject: FaultSubject): HyperswitchFault | null {
    return this.strike(
      armed =>
        faultMoments[armed.fault] === moment && (armed.on === '*' || armed.on === on) && fits(armed.match, subject),
    );
  }
}

function fits(match: FaultSubject | undefined, subject: FaultSubject): boolean {
  if (match?.payment_id !== undefined && match.payment_id !== subject.payment_id) return false;
  return Object.entries(match?.metadata ?? {}).every(([name, value]) => subject.metadata?.[name] === value);
}
