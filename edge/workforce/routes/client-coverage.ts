import { z } from 'zod';
import { getCoverageStats, listCoreTeam, listPlacedWorkers } from '../../../db/workforce/coverage.ts';
import { pageOf, pageQuery, readCursor } from '../../page-cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { businessKeyOf, clientRead, listQuery, listSchema } from '../client-read.ts';
import { coveredShiftSchema, viewCoveredShift } from '../covered-shift-view.ts';
import { calendarDay } from '../day-range.ts';
import { coverageOf } from '../percent.ts';
import { pageOfShifts } from '../shift-page.ts';

const coreTeamDays = 90;
const teamCursor = z.tuple([z.int().min(0).max(1_000_000), z.uuid()]);

const date = calendarDay
  .optional()
  .describe('On which shifts begin, in the time zone of their hub; without it today, at each hub by its own clock');

const coverage = defineRoute({
  ...clientRead,
  path: '/client/coverage',
  summary: 'The shifts of a day, who works them, and who is there',
  description:
    'By time; without cancelled shifts. Workers who dropped out are left out, those who failed to come are not.',
  query: z.object({ date, ...pageQuery }),
  response: { 200: listSchema(coveredShiftSchema) },
  async handler({ actor, db, query }) {
    const business = businessKeyOf(actor);
    const { date: day, ...place } = query;
    const days = day === undefined ? null : { startDate: day, endDate: day };
    const { page, nextCursor } = await pageOfShifts(db, business, { ...place, days, cancelled: false });
    const ids = page.map(({ shift }) => shift.id);
    const workers = await listPlacedWorkers(db, business, ids);
    return {
      status: 200,
      body: { items: page.map(({ shift, roles }) => viewCoveredShift(shift, roles, workers)), nextCursor },
    };
  },
});

const stats = defineRoute({
  ...clientRead,
  path: '/client/coverage/stats',
  summary: 'How a day is covered, in numbers',
  description:
    'Places are counted, not people: who works twice on the day counts twice, as the places do. Cancelled shifts count nowhere. A worker who came late counts as checked in and as late.',
  query: z.object({ date }),
  response: {
    200: z.strictObject({
      needed: z.int().describe('Places'),
      confirmed: z.int().describe('Places with a worker who has not dropped out or failed to come'),
      checkedIn: z.int().describe('Have clocked in, whether or not they have clocked out again'),
      enRoute: z.int().describe('Have accepted, and are neither there nor late'),
      late: z.int().describe('Clocked in more than five minutes after the start, or should have by now and have not'),
      coveragePercent: z.number().describe('Confirmed, of the needed; 100 where nobody is needed'),
    }),
  },
  async handler({ actor, db, query }) {
    const counts = await getCoverageStats(db, businessKeyOf(actor), query.date ?? null);
    return { status: 200, body: { ...counts, coveragePercent: coverageOf(counts.confirmed, counts.needed) } };
  },
});

const coreTeam = defineRoute({
  ...clientRead,
  path: '/client/coverage/core-team',
  summary: 'Who works for the business most',
  description: `By the shifts that they worked to the end in the last ${coreTeamDays} days, most first.`,
  query: listQuery,
  response: {
    200: listSchema(
      z.strictObject({
        staffId: z.uuid(),
        fullName: z.string(),
        completedShifts: z.int(),
        lastWorkedAt: z.iso.datetime().describe('When the last of them began'),
        averageRating: z
          .number()
          .nullable()
          .describe('By this business, 1 to 5 with one decimal; null without a review'),
        favorite: z.boolean(),
      }),
    ),
  },
  async handler({ actor, db, query: { limit, cursor } }) {
    const key = readCursor(cursor, teamCursor);
    const after = key && { completedShifts: key[0], staffId: key[1] };
    const rows = await listCoreTeam(db, businessKeyOf(actor), { days: coreTeamDays, after, limit: limit + 1 });
    const { page, nextCursor } = pageOf(rows, limit, ({ completedShifts, staffId }) => [completedShifts, staffId]);
    const items = page.map(worker => ({ ...worker, lastWorkedAt: worker.lastWorkedAt.toISOString() }));
    return { status: 200, body: { items, nextCursor } };
  },
});

export const clientCoverageRoutes: readonly Route[] = [coverage, stats, coreTeam];
