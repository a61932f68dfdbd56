/**
 * The life of a job row.
 *
 *   pending ──▶ queued ──▶ running ──▶ succeeded
 *      │  ◀────────┘ │       │  ├────▶ failed
 *      └─────────────┴──────▶│  └────▶ cancelled      (cancel: from any state that isn't final)
 *      ▲                     │
 *      └── retry · released · rescued
 *
 *   pending   committed, not (or no longer) with the broker: new, waiting for its next attempt, released
 *   queued    confirmed by the broker; back to pending when the broker lost it
 *   running   claimed: claim_no raised, attempt counted, its worker's lease alive
 */
export const jobStates = ['pending', 'queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

export const finalStates = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly JobState[];

export const legalMoves: Record<JobState, readonly JobState[]> = {
  // pending → failed: a nudge that kills its worker's broker link twice, isolated, never gets to run.
  pending: ['queued', 'running', 'cancelled', 'failed'],
  queued: ['running', 'pending', 'cancelled', 'failed'],
  running: ['succeeded', 'failed', 'cancelled', 'pending'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

export function isFinal(state: JobState): boolean {
  return legalMoves[state].length === 0;
}

export const jobStatuses = ['queued', 'running', 'retrying', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** What clients see: `pending` at attempt 0 and `queued` are both "queued"; `pending` at a later attempt is "retrying". */
export function statusOf(state: JobState, attempt: number): JobStatus {
  if (state === 'pending') return attempt === 0 ? 'queued' : 'retrying';
  return state;
}
