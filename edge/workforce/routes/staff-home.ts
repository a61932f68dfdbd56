import { z } from 'zod';
import { listBenefits } from '../../../db/workforce/staff-profile.ts';
import { listNear, listRecommendedRoles } from '../../../db/workforce/staff-reads.ts';
import { defineRoute, type Route } from '../../route.ts';
import { ownStaff } from '../actor.ts';
import { staffRead } from '../staff-command.ts';
import { benefitSchema, viewBenefit } from '../staff-profile-view.ts';
import { openShiftSchema, ownShiftSchema, viewOpenShift, viewOwnShift } from '../staff-shift-view.ts';

const maxRecommended = 10;

const dashboard = defineRoute({
  method: 'GET',
  path: '/staff/dashboard',
  summary: 'What awaits the worker',
  description:
    'Today and tomorrow are those of each place of work; a shift that is going on is one of today. Recommended are shifts of the next two weeks with a free place, when the worker is neither booked nor unavailable: what is among their skills first.',
  ...staffRead,
  response: {
    200: z.strictObject({
      todaysShifts: z.array(ownShiftSchema),
      tomorrowsShifts: z.array(ownShiftSchema),
      recommendedShifts: z.array(openShiftSchema),
      benefits: z.array(benefitSchema),
    }),
  },
  async handler({ actor, db }) {
    const own = ownStaff(actor);
    const near = await listNear(db, own);
    const recommended = await listRecommendedRoles(db, own, maxRecommended);
    const benefits = await listBenefits(db, own);
    return {
      status: 200,
      body: {
        todaysShifts: near.filter(({ date, today }) => date <= today).map(viewOwnShift),
        tomorrowsShifts: near.filter(({ date, today }) => date > today).map(viewOwnShift),
        recommendedShifts: recommended.map(viewOpenShift),
        benefits: benefits.map(viewBenefit),
      },
    };
  },
});

export const staffHomeRoutes: readonly Route[] = [dashboard];
