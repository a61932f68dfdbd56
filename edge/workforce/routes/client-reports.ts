import { z } from 'zod';
import {
  getRatings,
  type HubOps,
  listDailyOps,
  listDemand,
  listNoShows,
  listSpend,
  listTurnout,
} from '../../../db/workforce/reports.ts';
import { defineRoute, type Route } from '../../route.ts';
import { businessKeyOf, clientRead } from '../client-read.ts';
import { calendarDay, checkDayRange, dayRange } from '../day-range.ts';
import { percentOf, sumOf } from '../percent.ts';
import {
  completionOf,
  coverageByDay,
  coverageFigures,
  forecastOf,
  turnoutOf,
  weeklyAverage,
  weeksOf,
} from '../report-figures.ts';
import {
  coverageSchema,
  dailyOpsSchema,
  forecastSchema,
  maxNoShowWorkers,
  noShowSchema,
  performanceSchema,
  spendSchema,
  summarySchema,
} from '../report-schemas.ts';

const ofShifts = 'Shifts count on the local date on which they begin, cancelled ones nowhere.';
const ofTime =
  'What was worked counts on the local date on which the worker was to begin, from the clock-out on, on an invoice or not.';
const ofRange = 'Both dates included; 400 `RANGE_TOO_LONG` above 366 days.';

const ranged = { ...clientRead, query: z.object(dayRange) };

const summary = defineRoute({
  ...ranged,
  path: '/client/reports/summary',
  summary: 'The main figures of all reports',
  description: `${ofShifts} ${ofTime} ${ofRange}`,
  response: { 200: summarySchema },
  async handler({ actor, db, query }) {
    const [business, range] = [businessKeyOf(actor), checkDayRange(query)];
    // Side by side: over a year each takes some tenths of a second.
    const [demand, turnout, spend] = await Promise.all([
      listDemand(db, business, range),
      listTurnout(db, business, range),
      listSpend(db, business, range),
    ]);
    const days = spend.filter(row => row.date !== null);
    return {
      status: 200,
      body: {
        ...range,
        totalShifts: sumOf(demand, day => day.shifts),
        ...coverageFigures(demand, turnout),
        ...turnoutOf(turnout),
        totalWorkedMinutes: sumOf(days, day => day.minutes),
        totalSpendCents: sumOf(days, day => day.amountCents),
        totalSavingsCents: sumOf(days, day => day.savingCents),
        forecastSpendCents: sumOf(demand, day => day.plannedCents),
      },
    };
  },
});

const dailyOps = defineRoute({
  ...clientRead,
  path: '/client/reports/daily-ops',
  summary: 'How a day went, hub by hub',
  description: `${ofShifts} ${ofTime}`,
  query: z.object({ date: calendarDay }),
  response: { 200: dailyOpsSchema },
  async handler({ actor, db, query: { date } }) {
    const hubs = await listDailyOps(db, businessKeyOf(actor), date);
    return {
      status: 200,
      body: {
        date,
        ...opsOf(hubs),
        hubs: hubs.map(hub => ({ hubId: hub.hubId, hubName: hub.hubName, ...opsOf([hub]) })),
      },
    };
  },
});

const spend = defineRoute({
  ...ranged,
  path: '/client/reports/spend',
  summary: 'What work cost: by day, kind of work and hub',
  description: `${ofTime} Percentages are rounded each by itself. ${ofRange}`,
  response: { 200: spendSchema },
  async handler({ actor, db, query }) {
    const range = checkDayRange(query);
    const rows = await listSpend(db, businessKeyOf(actor), range);
    const days = rows.flatMap(({ date, amountCents, minutes }) =>
      date === null ? [] : [{ date, amountCents, workedMinutes: minutes }],
    );
    const totalSpendCents = sumOf(days, day => day.amountCents);
    const shareOf = (amountCents: number) => ({
      amountCents,
      percentage: percentOf(amountCents, totalSpendCents) ?? 0,
    });
    return {
      status: 200,
      body: {
        ...range,
        totalSpendCents,
        totalSavingsCents: sumOf(rows, row => (row.date === null ? 0 : row.savingCents)),
        totalWorkedMinutes: sumOf(days, day => day.workedMinutes),
        averageWeeklySpendCents: weeklyAverage(totalSpendCents, range),
        days,
        categories: rows.flatMap(({ category, amountCents }) =>
          category === null ? [] : [{ category, ...shareOf(amountCents) }],
        ),
        hubs: rows.flatMap(({ hubId, hubName, amountCents }) =>
          hubId === null ? [] : [{ hubId, hubName: hubName ?? '', ...shareOf(amountCents) }],
        ),
      },
    };
  },
});

const coverage = defineRoute({
  ...ranged,
  path: '/client/reports/coverage',
  summary: 'How many of the places had somebody, day by day',
  description: `${ofShifts} ${ofRange}`,
  response: { 200: coverageSchema },
  async handler({ actor, db, query }) {
    const [business, range] = [businessKeyOf(actor), checkDayRange(query)];
    const [demand, turnout] = await Promise.all([listDemand(db, business, range), listTurnout(db, business, range)]);
    return {
      status: 200,
      body: {
        ...range,
        totalShifts: sumOf(demand, day => day.shifts),
        ...coverageFigures(demand, turnout),
        days: coverageByDay(demand, turnout),
      },
    };
  },
});

const forecast = defineRoute({
  ...ranged,
  path: '/client/reports/forecast',
  summary: 'What is ordered, and what it will cost, week by week',
  description: `The forecast of past days is what had been ordered, beside what was worked. Permanent orders have shifts only up to their horizon. ${ofShifts} ${ofTime} ${ofRange}`,
  response: { 200: forecastSchema },
  async handler({ actor, db, query }) {
    const [business, range] = [businessKeyOf(actor), checkDayRange(query)];
    const [demand, spent] = await Promise.all([listDemand(db, business, range), listSpend(db, business, range)]);
    const { total, weeks } = forecastOf(demand, spent);
    const averageWeeklyForecastCents = weeklyAverage(total.forecastSpendCents, range);
    return { status: 200, body: { ...range, ...total, averageWeeklyForecastCents, weeks } };
  },
});

const performance = defineRoute({
  ...ranged,
  path: '/client/reports/performance',
  summary: 'How reliably places are filled and worked, week by week',
  description: `${ofShifts} ${ofRange}`,
  response: { 200: performanceSchema },
  async handler({ actor, db, query }) {
    const [business, range] = [businessKeyOf(actor), checkDayRange(query)];
    const [demand, turnout, ratings] = await Promise.all([
      listDemand(db, business, range),
      listTurnout(db, business, range),
      getRatings(db, business, range),
    ]);
    const turnoutIn = weeksOf(turnout);
    return {
      status: 200,
      body: {
        ...range,
        totalShifts: sumOf(demand, day => day.shifts),
        ...coverageFigures(demand, turnout),
        ...turnoutOf(turnout),
        completionPercent: completionOf(turnout),
        reviews: ratings.reviews,
        averageRating: ratings.average,
        weeks: [...weeksOf(demand)].map(([weekStartsOn, days]) => {
          const ofWeek = turnoutIn.get(weekStartsOn) ?? [];
          return {
            weekStartsOn,
            ...coverageFigures(days, ofWeek),
            ...turnoutOf(ofWeek),
            completionPercent: completionOf(ofWeek),
          };
        }),
      },
    };
  },
});

const noShow = defineRoute({
  ...ranged,
  path: '/client/reports/no-show',
  summary: 'Who did not come to work',
  description: `${ofShifts} ${ofRange}`,
  response: { 200: noShowSchema },
  async handler({ actor, db, query }) {
    const range = checkDayRange(query);
    const { all, workers } = await listNoShows(db, businessKeyOf(actor), range, maxNoShowWorkers);
    return {
      status: 200,
      body: {
        ...range,
        noShows: all.noShows,
        noShowPercent: percentOf(all.noShows, all.due),
        workersDue: all.due,
        workers: workers.map(({ staffId, fullName, noShows, due, lastDate: lastNoShowOn }) => ({
          staffId,
          fullName,
          noShows,
          workersDue: due,
          noShowPercent: percentOf(noShows, due),
          lastNoShowOn,
        })),
      },
    };
  },
});

export const clientReportRoutes: readonly Route[] = [summary, dailyOps, spend, coverage, forecast, performance, noShow];

function opsOf(hubs: readonly HubOps[]) {
  return {
    shifts: sumOf(hubs, hub => hub.shifts),
    ...coverageFigures(hubs, hubs),
    ...turnoutOf(hubs),
    workedMinutes: sumOf(hubs, hub => hub.minutes),
    spendCents: sumOf(hubs, hub => hub.amountCents),
  };
}
