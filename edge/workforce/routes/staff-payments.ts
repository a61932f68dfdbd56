import { z } from 'zod';
import {
  chartBuckets,
  chartEarnings,
  type EarningRow,
  listEarnings,
  sumEarnings,
} from '../../../db/workforce/staff-payments.ts';
import { pageOf, pageQuery, readCursor } from '../../page-cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { ownStaff } from '../actor.ts';
import { allItems, allItemsSchema } from '../all-items.ts';
import { calendarDay, recentDays, recentRange } from '../day-range.ts';
import { paymentSchema, timeCardLineSchema, viewPayment, viewTimeCardLine } from '../earning-view.ts';
import { staffRead } from '../staff-command.ts';

const rangeSchema = { startDate: z.iso.date(), endDate: z.iso.date() };
const placeSchema = z.tuple([calendarDay, z.uuid()]);

const summary = defineRoute({
  method: 'GET',
  path: '/staff/payments/summary',
  summary: 'What the worker has earned',
  ...staffRead,
  query: z.object(recentDays),
  response: {
    200: z.strictObject({
      ...rangeSchema,
      totalEarningsCents: z.int(),
      paidCents: z.int().describe('For work whose bill is paid'),
      pendingCents: z.int().describe('For the rest'),
      minutesWorked: z.int(),
      shiftsWorked: z.int(),
    }),
  },
  async handler({ actor, db, query }) {
    const range = recentRange(query, new Date());
    const { totalCents, paidCents, minutes, shifts } = await sumEarnings(db, { ...ownStaff(actor), ...range });
    return {
      status: 200,
      body: {
        ...range,
        totalEarningsCents: totalCents,
        paidCents,
        pendingCents: totalCents - paidCents,
        minutesWorked: minutes,
        shiftsWorked: shifts,
      },
    };
  },
});

/** A list of what the worker has earned, line by line. */
function lineList<Line extends z.ZodType>(
  path: string,
  title: string,
  line: Line,
  view: (row: EarningRow) => z.output<Line>,
): Route {
  return defineRoute({
    method: 'GET',
    path,
    summary: title,
    description: 'The latest first.',
    ...staffRead,
    query: z.object({ ...recentDays, ...pageQuery }),
    response: { 200: z.strictObject({ items: z.array(line), nextCursor: z.string().nullable() }) },
    async handler({ actor, db, query: { limit, cursor, ...days } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place && { workDate: place[0], id: place[1] };
      const range = recentRange(days, new Date());
      const rows = await listEarnings(db, { ...ownStaff(actor), ...range }, { after, limit });
      const { page, nextCursor } = pageOf(rows, limit, ({ workDate, id }) => [workDate, id]);
      return { status: 200, body: { items: page.map(view), nextCursor } };
    },
  });
}

const chart = defineRoute({
  method: 'GET',
  path: '/staff/payments/chart',
  summary: 'What the worker has earned, over time',
  description: 'Every day, week or month of the range, worked in or not; weeks begin on Mondays.',
  ...staffRead,
  query: z.object({ ...recentDays, bucket: z.enum(chartBuckets).default('day') }),
  response: {
    200: allItemsSchema(z.strictObject({ startsOn: z.iso.date(), amountCents: z.int(), minutesWorked: z.int() })),
  },
  async handler({ actor, db, query: { bucket, ...days } }) {
    const range = recentRange(days, new Date());
    const rows = await chartEarnings(db, { ...ownStaff(actor), ...range }, bucket);
    const items = rows.map(({ startsOn, payCents: amountCents, minutes }) => ({
      startsOn,
      amountCents,
      minutesWorked: minutes,
    }));
    return { status: 200, body: allItems(items) };
  },
});

export const staffPaymentRoutes: readonly Route[] = [
  summary,
  lineList('/staff/payments/history', 'What the worker has earned, shift by shift', paymentSchema, viewPayment),
  chart,
  lineList('/staff/profile/time-card', 'When the worker has worked', timeCardLineSchema, viewTimeCardLine),
];
