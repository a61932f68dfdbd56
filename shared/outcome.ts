import { Fault, recordFault, type RecordedFault } from './fault.ts';
import { retryDelayMs, type RetryPolicy } from './retry.ts';

/** How an attempt ended. The only shapes that may be recorded on a running job. */
export type Outcome =
  | { state: 'succeeded'; result: unknown }
  | { state: 'failed'; fault: RecordedFault }
  | { state: 'cancelled'; fault: RecordedFault }
  /** To be tried again: the attempt is spent. */
  | { state: 'pending'; why: 'retry'; delayMs: number; fault: RecordedFault }
  /** Put back as it was: a shutdown or a payload from a newer version is not a failure. The attempt is not spent. */
  | { state: 'pending'; why: 'released'; delayMs: number; fault: null };

export interface AttemptFacts {
  /** The attempt that ended, from 1. */
  attempt: number;
  maxAttempts: number;
  retry: RetryPolicy;
}

/**
 * The one place that knows what a failure means: `Fault('cancelled')` cancels, any other `Fault` but `unavailable` is
 * final, everything else is tried again until the attempts are spent. The live path, the rescue and the dead-letter drain
 * all ask here.
 */
export function outcomeOf(error: unknown, facts: AttemptFacts, random: () => number): Outcome {
  const fault = recordFault(error);
  if (error instanceof Fault && error.code === 'cancelled') return { state: 'cancelled', fault };
  if (error instanceof Fault && error.code !== 'unavailable') return { state: 'failed', fault };
  if (facts.attempt >= facts.maxAttempts) return { state: 'failed', fault };
  const policyDelayMs = retryDelayMs(facts.retry, facts.attempt, random);
  const askedMs = error instanceof Fault && error.retryAfterS !== undefined ? error.retryAfterS * 1_000 : 0;
  return { state: 'pending', why: 'retry', delayMs: Math.max(policyDelayMs, askedMs), fault };
}

/** What the death of a worker means for each job it was running: the attempt counts, the next try comes at once. */
export function rescuedOutcome(facts: AttemptFacts, random: () => number): Outcome {
  const lost = new Fault('unavailable', 'The worker that ran this job was lost.', { reason: 'worker_lost' });
  const outcome = outcomeOf(lost, facts, random);
  // ≤ 1 s of jitter, so that the jobs of one dead worker do not come back in one beat.
  return outcome.state === 'pending' && outcome.why === 'retry'
    ? { ...outcome, delayMs: Math.floor(random() * 1_000) }
    : outcome;
}
