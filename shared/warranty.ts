/** How a warranty stands. `expiring`: it ends within 30 days, its last day included. */
export const warrantyStatuses = ['active', 'expiring', 'expired', 'none'] as const;
export type WarrantyStatus = (typeof warrantyStatuses)[number];

/** How many days before a warranty's last day its owner is told of it, the tightest first. */
export const warrantyThresholds = [1, 7, 30] as const;
export type WarrantyThreshold = (typeof warrantyThresholds)[number];

export const widestThreshold: WarrantyThreshold = 30;

const dayMs = 86_400_000;

/** The UTC date of a moment, `yyyy-mm-dd`. All dates of warranties are such, and so compare as text. */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The date so many days after (or before) another. */
export function addDays(day: string, days: number): string {
  return utcDay(new Date(Date.parse(day) + days * dayMs));
}

/** Whole days from one date to another: 0 for the same one, below it for an earlier one. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / dayMs;
}

/** @param endsOn the last day that the warranty covers; null without one. */
export function warrantyStatus(endsOn: string | null, today: string): WarrantyStatus {
  if (endsOn === null) return 'none';
  const daysLeft = daysBetween(today, endsOn);
  if (daysLeft < 0) return 'expired';
  return daysLeft <= widestThreshold ? 'expiring' : 'active';
}

/** The tightest threshold that is reached: 1 on the last two days, then 7, then 30. Null before and after that. */
export function dueThreshold(endsOn: string, today: string): WarrantyThreshold | null {
  const daysLeft = daysBetween(today, endsOn);
  if (daysLeft < 0) return null;
  return warrantyThresholds.find(threshold => daysLeft <= threshold) ?? null;
}
