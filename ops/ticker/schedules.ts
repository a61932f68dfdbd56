import { Cron } from 'croner';
import { billingScan } from '../../shared/jobs/billing-scan.ts';
import { orderExpansion } from '../../shared/jobs/order-expansion.ts';
import { shiftClose } from '../../shared/jobs/shift-close.ts';
import { swapExpiry } from '../../shared/jobs/swap-expiry.ts';
import { transferComparison } from '../../shared/jobs/transfer-comparison.ts';
import { warrantyScan } from '../../shared/jobs/warranty-scan.ts';
import type { AnySpec } from '../../shared/job.ts';
import { weekDayOf } from '../../shared/recurrence.ts';
import { addDays, utcDay } from '../../shared/warranty.ts';

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
    // Up to the last midnight: what was under way then has been answered or read back. A week of days, so that slots
    // missed while nothing ran leave no day out.
    jobs: slot => [{ spec: transferComparison, payload: daysBefore(slot.getTime(), 7) }],
  },
  // A scan goes by the day on which it runs: one made up late finds what is due by then.
  { name: 'warranty-scan', cron: '0 6 * * *', jobs: () => [{ spec: warrantyScan, payload: {} }] },
  { name: 'order-expansion', cron: '15 0 * * *', jobs: () => [{ spec: orderExpansion, payload: {} }] },
  {
    name: 'weekly-billing',
    // By noon in UTC Sunday has ended everywhere, and most of its nights have, two hours later.
    cron: '0 14 * * 1',
    jobs: slot => [{ spec: billingScan, payload: { weekStartsOn: lastWeekBefore(utcDay(slot)) } }],
  },
  { name: 'swap-expiry', cron: '*/5 * * * *', jobs: () => [{ spec: swapExpiry, payload: {} }] },
  { name: 'shift-close', cron: '*/15 * * * *', jobs: () => [{ spec: shiftClose, payload: {} }] },
];

/** The whole UTC days before a moment. */
function daysBefore(atMs: number, days: number): { from: string; to: string } {
  const endMs = Math.floor(atMs / dayMs) * dayMs;
  return { from: new Date(endMs - days * dayMs).toISOString(), to: new Date(endMs).toISOString() };
}

/** The Monday of the week before a day's: an operator may run the schedule on any day. */
function lastWeekBefore(day: string): string {
  return addDays(day, -6 - weekDayOf(day));
}

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
