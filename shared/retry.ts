export interface RetryPolicy {
  /** Tries in all, the first one included. */
  attempts: number;
  firstDelayMs: number;
  factor: number;
  maxDelayMs: number;
  /** Share of the delay by which it may be longer or shorter: 0.1 means ±10 %. */
  jitter: number;
}

/**
 * How long to wait after `attempt` (1 = the first try) has failed.
 * @param random uniform in [0, 1), passed in so that tests decide.
 * @returns milliseconds, never above `maxDelayMs × (1 + jitter)`.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  const base = Math.min(
    policy.maxDelayMs,
    policy.firstDelayMs * Math.min(Number.MAX_VALUE, policy.factor ** (Math.max(1, attempt) - 1)),
  );
  return Math.round(base * (1 + policy.jitter * (2 * random() - 1)));
}

/** Refuses a policy that can't be meant, naming the field. Called once per kind, when the catalog is made. */
export function checkRetryPolicy(policy: RetryPolicy): void {
  const wrong = (field: keyof RetryPolicy, rule: string) =>
    new TypeError(`retry.${field} must be ${rule}, not ${policy[field]}`);
  if (!Number.isInteger(policy.attempts) || policy.attempts < 1 || policy.attempts > 1_000)
    throw wrong('attempts', '1 to 1000');
  if (!(policy.firstDelayMs >= 0 && Number.isFinite(policy.firstDelayMs)))
    throw wrong('firstDelayMs', 'a finite number ≥ 0');
  if (!(policy.factor >= 1 && Number.isFinite(policy.factor))) throw wrong('factor', 'a finite number ≥ 1');
  if (!(policy.maxDelayMs >= policy.firstDelayMs && Number.isFinite(policy.maxDelayMs)))
    throw wrong('maxDelayMs', '≥ firstDelayMs');
  if (!(policy.jitter >= 0 && policy.jitter <= 1)) throw wrong('jitter', '0 to 1');
}
