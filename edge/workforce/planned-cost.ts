import { amountOfMinutes } from '../../shared/work-time.ts';

/** Some places of one kind of work, of so many minutes each. */
export interface PlannedPlaces {
  minutes: number;
  lunchBreakMinutes: number;
  paidBreak: boolean;
  rateCents: number;
  workersNeeded: number;
}

/** What places cost the client, in cents, if each is filled and worked as planned: without breaks that are not paid. */
export function plannedCost({
  minutes,
  lunchBreakMinutes,
  paidBreak,
  rateCents,
  workersNeeded,
}: PlannedPlaces): number {
  const paidMinutes = Math.max(0, minutes - (paidBreak ? 0 : lunchBreakMinutes));
  return workersNeeded * amountOfMinutes(paidMinutes, rateCents);
}
