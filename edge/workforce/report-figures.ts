import type { DateRange, DayDemand, DayTurnout, SpendRow } from '../../db/workforce/reports.ts';
import { weekDayOf } from '../../shared/recurrence.ts';
import { addDays, daysBetween } from '../../shared/warranty.ts';
import { coverageOf, percentOf, sumOf } from './percent.ts';

/** How those fared who had places; percentages with one decimal, null where there is nothing to tell them of. */
export interface Turnout {
  workersCame: number;
  lateArrivals: number;
  noShows: number;
  /** On time, of those who came. */
  onTimePercent: number | null;
  /** Of those who came or should have. */
  noShowPercent: number | null;
}

export function turnoutOf(days: readonly Pick<DayTurnout, 'came' | 'late' | 'noShows'>[]): Turnout {
  const came = sumOf(days, day => day.came);
  const late = sumOf(days, day => day.late);
  const noShows = sumOf(days, day => day.noShows);
  return {
    workersCame: came,
    lateArrivals: late,
    noShows,
    onTimePercent: percentOf(came - late, came),
    noShowPercent: percentOf(noShows, came + noShows),
  };
}

/** Worked to the end, of those who came or should have. */
export function completionOf(days: readonly DayTurnout[]): number | null {
  return percentOf(
    sumOf(days, day => day.completed),
    sumOf(days, day => day.came + day.noShows),
  );
}

export interface Coverage {
  workersNeeded: number;
  workersConfirmed: number;
  coveragePercent: number;
}

export function coverageFigures(
  demand: readonly { needed: number }[],
  turnout: readonly { confirmed: number }[],
): Coverage {
  const workersNeeded = sumOf(demand, day => day.needed);
  const workersConfirmed = sumOf(turnout, day => day.confirmed);
  return { workersNeeded, workersConfirmed, coveragePercent: coverageOf(workersConfirmed, workersNeeded) };
}

/** Each day that had a shift, by date. */
export function coverageByDay(
  demand: readonly DayDemand[],
  turnout: readonly DayTurnout[],
): ({ date: string; shifts: number } & Coverage)[] {
  const turnoutOn = new Map(turnout.map(day => [day.date, day]));
  return demand.map(day => {
    const found = turnoutOn.get(day.date);
    return { date: day.date, shifts: day.shifts, ...coverageFigures([day], found ? [found] : []) };
  });
}

export interface Forecast {
  shifts: number;
  workersNeeded: number;
  plannedMinutes: number;
  forecastSpendCents: number;
  actualSpendCents: number;
}

/** What is ordered beside what was worked: of all days, and of each week in which there is something. */
export function forecastOf(
  demand: readonly DayDemand[],
  spend: readonly SpendRow[],
): { total: Forecast; weeks: ({ weekStartsOn: string } & Forecast)[] } {
  const worked = spend.flatMap(({ date, amountCents }) => (date === null ? [] : [{ date, amountCents }]));
  const [ordered, spent] = [weeksOf(demand), weeksOf(worked)];
  const figures = (days: readonly DayDemand[], workedDays: readonly { amountCents: number }[]): Forecast => ({
    shifts: sumOf(days, day => day.shifts),
    workersNeeded: sumOf(days, day => day.needed),
    plannedMinutes: sumOf(days, day => day.plannedMinutes),
    forecastSpendCents: sumOf(days, day => day.plannedCents),
    actualSpendCents: sumOf(workedDays, day => day.amountCents),
  });
  const mondays = [...new Set([...ordered.keys(), ...spent.keys()])].sort();
  const weeks = mondays.map(weekStartsOn => ({
    weekStartsOn,
    ...figures(ordered.get(weekStartsOn) ?? [], spent.get(weekStartsOn) ?? []),
  }));
  return { total: figures(demand, worked), weeks };
}

/** Rows of days by the Monday of their weeks, in their order. */
export function weeksOf<Row extends { date: string }>(days: readonly Row[]): Map<string, Row[]> {
  const weeks = new Map<string, Row[]>();
  for (const day of days) {
    const monday = addDays(day.date, 1 - weekDayOf(day.date));
    const week = weeks.get(monday);
    if (week) week.push(day);
    else weeks.set(monday, [day]);
  }
  return weeks;
}

/** What an amount over a range is in a week, to the nearest cent. */
export function weeklyAverage(cents: number, { startDate, endDate }: DateRange): number {
  return Math.round((7 * cents) / (daysBetween(startDate, endDate) + 1));
}
