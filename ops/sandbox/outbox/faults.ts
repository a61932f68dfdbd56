import { ArmedFaults } from '../armed-faults.ts';

/**
 * What an armed fault does, by the moment at which it strikes:
 * - recipient, at RCPT TO: `refuse_recipient` (550).
 * - data, at DATA: `drop_during` (the connection closes in the middle of the mail), `temporary_failure` (451 once all of it was read),
 *   `slow` (keeps the mail and answers after `delayMs`), `drop_after` (keeps the mail, then closes the connection without an answer: what makes
 *   a careful sender send twice). All but the last two keep nothing.
 */
export const faultMoments = {
  refuse_recipient: 'recipient',
  drop_during: 'data',
  temporary_failure: 'data',
  slow: 'data',
  drop_after: 'data',
} as const;

export type OutboxFaultName = keyof typeof faultMoments;

export interface OutboxFault {
  fault: OutboxFaultName;
  /** How many mails it strikes; 1 unless told. */
  times?: number;
  /** Strikes only mail to this address, compared without case. */
  match?: { to?: string };
  /** Of `slow`; 1,000 unless told. */
  delayMs?: number;
}

/** The faults that are armed. */
export class Faults extends ArmedFaults<OutboxFault> {
  /** Takes one strike of the oldest fault that fits, or returns null. */
  take(moment: 'recipient' | 'data', recipients: readonly string[]): OutboxFault | null {
    return this.strike(
      armed => faultMoments[armed.fault] === moment && fits(armed.match?.to?.toLowerCase(), recipients),
    );
  }
}

function fits(to: string | undefined, recipients: readonly string[]): boolean {
  return to === undefined || recipients.some(recipient => recipient.toLowerCase() === to);
}

/** A fault from outside, checked. Throws TypeError saying what is wrong. */
export function readFault(given: Record<string, unknown>): OutboxFault {
  const { fault, times, match, delayMs } = given;
  if (!isFaultName(fault)) throw new TypeError(`fault: one of ${Object.keys(faultMoments).join(', ')}`);
  if (times !== undefined && !(Number.isInteger(times) && Number(times) > 0))
    throw new TypeError('times: a whole number from 1');
  if (delayMs !== undefined && !(Number.isInteger(delayMs) && Number(delayMs) >= 0))
    throw new TypeError('delayMs: a whole number');
  if (match !== undefined && (typeof match !== 'object' || match === null)) throw new TypeError('match: an object');
  const to: unknown = match !== undefined && 'to' in match ? match.to : undefined;
  if (to !== undefined && typeof to !== 'string') throw new TypeError('match.to: an address');
  return {
    fault,
    ...(times === undefined ? {} : { times: Number(times) }),
    ...(delayMs === undefined ? {} : { delayMs: Number(delayMs) }),
    ...(to === undefined ? {} : { match: { to } }),
  };
}

function isFaultName(name: unknown): name is OutboxFaultName {
  return typeof name === 'string' && Object.hasOwn(faultMoments, name);
}
