import { z } from 'zod';

const percent = z.number().nullable();

export const rangeFields = { startDate: z.iso.date(), endDate: z.iso.date() };

export const coverageFields = {
  workersNeeded: z.int().describe('Places'),
  workersConfirmed: z.int().describe('Places with a worker who has not dropped out or failed to come'),
  coveragePercent: z.number().describe('Confirmed, of the needed; 100 where nobody is needed'),
};

export const arrivalFields = {
  workersCame: z.int().describe('Clocked in'),
  lateArrivals: z.int().describe('Of them more than five minutes after the start'),
  noShows: z.int().describe('Marked as not having come'),
  onTimePercent: percent.describe('Not late, of those who came; null if nobody did'),
  noShowPercent: percent.describe('Of those who came or should have; null if there were none'),
};

export const completionPercent = percent.describe(
  'Worked to the end, of those who came or should have; null if there were none',
);

export const summarySchema = z.strictObject({
  ...rangeFields,
  totalShifts: z.int(),
  ...coverageFields,
  ...arrivalFields,
  totalWorkedMinutes: z.int().describe('Paid minutes'),
  totalSpendCents: z.int(),
  totalSavingsCents: z.int().describe('Against market rates'),
  forecastSpendCents: z.int().describe('If every place is filled and worked as planned'),
});

const opsFields = {
  shifts: z.int(),
  ...coverageFields,
  ...arrivalFields,
  workedMinutes: z.int().describe('Paid minutes'),
  spendCents: z.int(),
};
export const dailyOpsSchema = z.strictObject({
  date: z.iso.date(),
  ...opsFields,
  hubs: z
    .array(z.strictObject({ hubId: z.uuid(), hubName: z.string(), ...opsFields }))
    .describe('Where something was to be done, by name'),
});

const share = { amountCents: z.int(), percentage: z.number().describe('Of the whole, with one decimal') };
export const spendSchema = z.strictObject({
  ...rangeFields,
  totalSpendCents: z.int(),
  totalSavingsCents: z.int().describe('Against market rates'),
  totalWorkedMinutes: z.int().describe('Paid minutes'),
  averageWeeklySpendCents: z.int(),
  days: z
    .array(z.strictObject({ date: z.iso.date(), amountCents: z.int(), workedMinutes: z.int() }))
    .describe('On which something was worked'),
  categories: z
    .array(z.strictObject({ category: z.string(), ...share }))
    .describe("By the roles' names, the dearest first"),
  hubs: z.array(z.strictObject({ hubId: z.uuid(), hubName: z.string(), ...share })).describe('The dearest first'),
});

export const coverageSchema = z.strictObject({
  ...rangeFields,
  totalShifts: z.int(),
  ...coverageFields,
  days: z
    .array(z.strictObject({ date: z.iso.date(), shifts: z.int(), ...coverageFields }))
    .describe('That had a shift'),
});

const forecastFields = {
  shifts: z.int(),
  workersNeeded: z.int().describe('Places'),
  plannedMinutes: z.int().describe('Paid minutes of all places'),
  forecastSpendCents: z.int().describe('If every place is filled and worked as planned'),
  actualSpendCents: z.int().describe('Worked so far'),
};
export const forecastSchema = z.strictObject({
  ...rangeFields,
  ...forecastFields,
  averageWeeklyForecastCents: z.int(),
  weeks: z
    .array(z.strictObject({ weekStartsOn: z.iso.date().describe('A Monday'), ...forecastFields }))
    .describe('In which there is something; of the first and the last only the days asked for'),
});

export const performanceSchema = z.strictObject({
  ...rangeFields,
  totalShifts: z.int(),
  ...coverageFields,
  ...arrivalFields,
  completionPercent,
  reviews: z.int().describe('Given on these days, by the date in UTC'),
  averageRating: z.number().nullable().describe('1 to 5 with one decimal; null without a review'),
  weeks: z
    .array(
      z.strictObject({
        weekStartsOn: z.iso.date().describe('A Monday'),
        ...coverageFields,
        ...arrivalFields,
        completionPercent,
      }),
    )
    .describe('That had a shift; of the first and the last only the days asked for'),
});

export const maxNoShowWorkers = 100;
export const noShowSchema = z.strictObject({
  ...rangeFields,
  noShows: arrivalFields.noShows,
  noShowPercent: arrivalFields.noShowPercent,
  workersDue: z.int().describe('Came or should have'),
  workers: z
    .array(
      z.strictObject({
        staffId: z.uuid(),
        fullName: z.string(),
        noShows: z.int(),
        workersDue: z.int().describe('How often they came or should have'),
        noShowPercent: z.number(),
        lastNoShowOn: z.iso.date(),
      }),
    )
    .describe(`Who did not come, most often first; at most ${maxNoShowWorkers}`),
});
