import { ArmedFaults } from '../armed-faults.ts';

/**
 * What an armed fault does, by the moment at which it strikes:
 * - gate, before the endpoint: `rate_limit` (429), `too_many_attempts` (400, of one account), `drop_before` (the connection closes),
 *   `timeout_before` (no answer ever comes).
 * - execution: `slow` (runs after `delayMs`), `server_error` (500, nothing happened), `server_error_after` (it happened, then 500).
 * - answer, once it has happened: `garbage` (200 with a page that is no JSON), `drop_after`, `timeout_after`.
 */
export const faultMoments = {
  rate_limit: 'gate',
  too_many_attempts: 'gate',
  drop_before: 'gate',
  timeout_before: 'gate',
  slow: 'execution',
  server_error: 'execution',
  server_error_after: 'execution',
  garbage: 'answer',
  drop_after: 'answer',
  timeout_after: 'answer',
} as const;

export type IdentityFaultName = keyof typeof faultMoments;
export type Moment = (typeof faultMoments)[IdentityFaultName];

export interface IdentityFault {
  /** An endpoint's name: `accounts.signUp`, `token`, `keys`; or `*`. */
  on: string;
  fault: IdentityFaultName;
  /** How often it strikes; 1 unless told. */
  times?: number;
  /** Strikes only a request that brings these. */
  match?: FaultSubject;
  /** Of `slow`; 1,000 unless told. */
  delayMs?: number;
}

export interface FaultSubject {
  email?: string | undefined;
  phoneNumber?: string | undefined;
}

/** The faults that are armed. */
export class Faults extends ArmedFaults<IdentityFault> {
  /** Takes one strike of the oldest fault that fits, or returns null. */
  take(moment: Moment, on: string, subject: FaultSubject): IdentityFault | null {
    return this.strike(
      armed =>
        faultMoments[armed.fault] === moment &&
        (armed.on === '*' || armed.on === on) &&
        (armed.match?.email === undefined || armed.match.email === subject.email) &&
        (armed.match?.phoneNumber === undefined || armed.match.phoneNumber === subject.phoneNumber),
    );
  }
}
