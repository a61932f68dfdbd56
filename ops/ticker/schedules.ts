import { Cron } from 'croner';
import { transferComparison } from '../../shared/jobs/transfer-comparison.ts';
import type { AnySpec } from '../../shared/job.ts';

/** Work that the clock alone makes due. */
export interface Schedule {
  name: string;
  /** Five fields, in UTC. */
  cron: string;
  /** The jobs of one slot. */
  jobs: (slot: Date) => { spec: AnySpec; payload: unknown }[];
}

const dayMs = 86_400_000;

/** Every schedule there is. */
export const schedules: readonly Schedule[] = [
  {
    name: 'transfer-comparison',
    cron: '30 3 * * *',
    // Two days back: a transfer that was under way at the last run is compared at this one.
    jobs: slot => [
      {
        spec: transferComparison,
        payload: { from: new Date(slot.getTime() - 2 * dayMs).toISOString(), to: slot.toISOString() },
      },
    ],
  },
];

/** The latest slot at or before a moment. */
export function latestSlot(cron: string, now: Date): Date {
  // previousRuns answers moments strictly before its reference.
  const [slot] = new Cron(cron, { timezone: 'UTC', paused: true }).previousRuns(1, new Date(now.getTime() + 1_000));
  if (!slot) throw new Error(`the schedule "${cron}" has no slot before ${now.toISOString()}`);
  return slot;
}

/** The next slot after a moment. */
export function nextSlot(cron: string, now: Date): Date {
  const slot = new Cron(cron, { timezone: 'UTC', paused: true }).nextRun(now);
  if (!slot) throw new Error(`the schedule "${cron}" has no slot after ${now.toISOString()}`);
  return slot;
}
