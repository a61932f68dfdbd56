import { z } from 'zod';
import { ArmedFaults } from '../armed-faults.ts';

/**
 * What an armed fault does, by the moment at which it strikes:
 * - gate, before the endpoint: `rate_limit` (429), `refuse` (400 with `code`, 21614 unless told), `drop_before` (the connection closes),
 *   `server_error` (500, nothing happened).
 * - execution: `slow` (runs after `delayMs`).
 * - answer, once it has happened: `drop_after`, `timeout_after` (no answer ever comes), `server_error_after`.
 * - outcome, of a message being made: `undelivered` (with `code`, 30003 unless told), which is how it ends then.
 * - receipt, each try to send one: `late` (tries again after `delayMs`), `duplicate` (sent twice), `reordered` (held until a later one of the same
 *   message has been taken), `wrong_signature`, `dropped` (never sent at all).
 */
export const faultMoments = {
  rate_limit: 'gate',
  refuse: 'gate',
  drop_before: 'gate',
  server_error: 'gate',
  slow: 'execution',
  drop_after: 'answer',
  timeout_after: 'answer',
  server_error_after: 'answer',
  undelivered: 'outcome',
  late: 'receipt',
  duplicate: 'receipt',
  reordered: 'receipt',
  wrong_signature: 'receipt',
  dropped: 'receipt',
} as const;

export type TwilioFaultName = keyof typeof faultMoments;
type Moment = (typeof faultMoments)[TwilioFaultName];

const faultSchema = z.strictObject({
  /** An endpoint's name, `messages.create`; of a receipt its status, `delivered`; or `*`. */
  on: z.string().default('*'),
  fault: z.enum(Object.keys(faultMoments) as TwilioFaultName[]),
  times: z.int().min(1).exactOptional(),
  delayMs: z.int().min(0).exactOptional(),
  /** Of `refuse` and `undelivered`: Twilio's own. */
  code: z.int().exactOptional(),
  /** Strikes only what goes to that number, E.164. */
  match: z.strictObject({ to: z.string().exactOptional() }).default({}),
});
export type TwilioFault = z.input<typeof faultSchema>;
type ReadFault = z.output<typeof faultSchema>;

/** The faults that are armed. */
export class Faults extends ArmedFaults<ReadFault> {
  /** Takes one strike of the oldest fault that fits, or returns null. `to` is as on the wire, with its channel. */
  take(moment: Moment, on: string, to: string): ReadFault | null {
    return this.strike(
      armed =>
        faultMoments[armed.fault] === moment &&
        (armed.on === '*' || armed.on === on) &&
        (armed.match.to === undefined || armed.match.to === to.replace(/^whatsapp:/, '')),
    );
  }
}

/** A fault from outside, checked. Throws ZodError saying what is wrong. */
export function readFault(given: unknown): ReadFault {
  return faultSchema.parse(given);
}
