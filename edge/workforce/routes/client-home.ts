import { z } from 'zod';
import { getHomeSpending } from '../../../db/workforce/client-home.ts';
import { getCoverageStats } from '../../../db/workforce/coverage.ts';
import { defineRoute, type Route } from '../../route.ts';
import { clientActor } from '../actor.ts';
import { businessKeyOf, clientRead } from '../client-read.ts';
import { coverageOf } from '../percent.ts';
import { contextSchema, viewContext } from '../session-view.ts';
import { clientOrderReadRoutes } from './client-order-reads.ts';

const session = defineRoute({
  ...clientRead,
  path: '/client/session',
  summary: 'The client who is signed in, and the business that they act for',
  response: { 200: contextSchema },
  handler: ({ actor }) => Promise.resolve({ status: 200, body: viewContext(clientActor(actor)) }),
});

const dashboard = defineRoute({
  ...clientRead,
  path: '/client/dashboard',
  summary: 'How the business stands today',
  description:
    'Today, and the week since Monday, are those at each hub, by its own clock. Places are counted, not people: who works twice on a day counts twice, as the places do. Cancelled shifts count nowhere.',
  response: {
    200: z.strictObject({
      spending: z.strictObject({
        weeklySpendCents: z.int().describe('Worked and clocked out since Monday, by the time cards'),
        projectionNext7DaysCents: z
          .int()
          .describe(
            'What the shifts of the seven days from tomorrow cost if every place is filled and worked as planned',
          ),
      }),
      coverage: z.strictObject({
        neededWorkersToday: z.int().describe("Places in today's shifts"),
        filledWorkersToday: z.int().describe('Of them with a worker who has not dropped out or failed to come'),
        coverageRate: z.number().describe('Percent of the needed; 100 where nobody is needed'),
      }),
      liveActivity: z.strictObject({
        lateWorkersToday: z
          .int()
          .describe('Clocked in more than five minutes after the start, or should have by now and have not'),
        checkedInWorkersToday: z.int().describe('Have clocked in, whether or not they have clocked out again'),
      }),
    }),
  },
  async handler({ actor, db }) {
    const business = businessKeyOf(actor);
    const { weekCents, projectedCents } = await getHomeSpending(db, business);
    const today = await getCoverageStats(db, business, null);
    return {
      status: 200,
      body: {
        spending: { weeklySpendCents: weekCents, projectionNext7DaysCents: projectedCents },
        coverage: {
          neededWorkersToday: today.needed,
          filledWorkersToday: today.confirmed,
          coverageRate: coverageOf(today.confirmed, today.needed),
        },
        liveActivity: { lateWorkersToday: today.late, checkedInWorkersToday: today.checkedIn },
      },
    };
  },
});

export const clientHomeRoutes: readonly Route[] = [session, dashboard, ...clientOrderReadRoutes];
