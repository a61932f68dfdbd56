import type { OrderStatus } from './order-state.ts';
import { type TransferStatus, unpaidStatuses } from './transfer-state.ts';

/**
 * What we know of the last call that was sent under the row's provider key.
 * - `none`: nothing was sent, or the provider certainly did not act.
 * - `unanswered`: sent, and no answer that would settle it: the same key asks again without harm.
 * - `unknown`: answered, but the answer does not say what happened (500, a replayed error): the key is burnt.
 */
export type CallState = 'none' | 'unanswered' | 'unknown';

/** What decides how a transfer or its reversal goes on, as of one transaction that holds the row's lock. */
export interface StepFacts {
  call: CallState;
  /** When the provider was first read without finding the call's effect. */
  absentReadAt: Date | null;
  /**
   * When its order was made. Not later, however late the money came or is wanted back: a database that was put back to a
   * backup may not know what was sent before.
   */
  askedAt: Date;
  /** When this attempt began: no read of it is earlier. */
  now: Date;
  /** This attempt has read the provider, under the row's present key, and found nothing. */
  readAbsent: boolean;
}

export type Step =
  /** Settled, held or cancelled meanwhile. */
  | { do: 'nothing' }
  /** The order is not to be paid out: hold the transfer. */
  | { do: 'hold' }
  /** The seller can't be paid yet; onboarding releases the transfer. */
  | { do: 'wait' }
  /** Ask the provider first whether the money has moved. */
  | { do: 'read' }
  /** Not found, but once is not enough: another read, later. */
  | { do: 'read_later' }
  | { do: 'send'; newKey: boolean };

/** Two reads that find nothing count as proof only if this long apart. */
export const absentReadsApartMs = 60_000;
/** The provider keeps a key for 24 h; past this age nothing is sent on the strength of the key alone. */
export const trustKeyForMs = 20 * 3_600_000;

export interface TransferFacts extends StepFacts {
  status: TransferStatus;
  orderStatus: OrderStatus;
  /** The account that the money goes to: the frozen one, else the seller's; null if there is none. */
  destination: string | null;
  /** The provider lets the seller's account receive transfers, as far as we know. */
  accountActive: boolean;
  tries: number;
}

/** How a transfer goes on. */
export function nextTransferStep(facts: TransferFacts): Step {
  if (!unpaidStatuses.includes(facts.status)) return { do: 'nothing' };
  const wanted = facts.orderStatus === 'completed';
  if (!wanted && facts.call === 'none') return { do: 'hold' };
  const neverTried = facts.tries === 0 && !facts.accountActive;
  if (facts.call === 'none' && (facts.destination === null || neverTried)) return { do: 'wait' };
  // A call whose outcome nobody knows may have paid: only the provider can say whether there is something to hold.
  const step = nextSendStep(facts, wanted);
  return step.do === 'send' && !wanted ? { do: 'hold' } : step;
}

/** How a reversal goes on. */
export function nextReversalStep(facts: StepFacts & { status: TransferStatus }): Step {
  return facts.status === 'reversal_pending' ? nextSendStep(facts, true) : { do: 'nothing' };
}

/** `sameKeyHelps`: whether the call is still wanted, so that repeating an unanswered one settles it. */
function nextSendStep(facts: StepFacts, sameKeyHelps: boolean): Step {
  const { call, absentReadAt, askedAt, now, readAbsent } = facts;
  const burnt = call === 'unknown' || (call === 'unanswered' && !sameKeyHelps);
  const old = now.getTime() - askedAt.getTime() > trustKeyForMs;
  if (!readAbsent) return burnt || old ? { do: 'read' } : { do: 'send', newKey: false };
  if (!burnt) return { do: 'send', newKey: false };
  const absentTwice = absentReadAt !== null && now.getTime() - absentReadAt.getTime() >= absentReadsApartMs;
  return absentTwice ? { do: 'send', newKey: true } : { do: 'read_later' };
}
