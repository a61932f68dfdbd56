import { z } from 'zod';
import {
  clearAvailability,
  listAvailability,
  setAvailability,
  setAvailableDays,
} from '../../../db/workforce/availability.ts';
import { defineRoute, type Route } from '../../route.ts';
import { ownStaff } from '../actor.ts';
import { allItems, allItemsSchema } from '../all-items.ts';
import { availabilitySchema, newAvailabilitySchema } from '../availability-view.ts';
import { checkDayRange, dayRange } from '../day-range.ts';
import { staffCommand, staffRead } from '../staff-command.ts';

const list = defineRoute({
  method: 'GET',
  path: '/staff/availability',
  summary: 'When the worker can work',
  description: 'The days that they have said something of.',
  ...staffRead,
  query: z.object(dayRange),
  response: { 200: allItemsSchema(availabilitySchema) },
  async handler({ actor, db, query }) {
    const items = await listAvailability(db, { ...ownStaff(actor), ...checkDayRange(query) });
    return { status: 200, body: allItems(items) };
  },
});

const set = defineRoute({
  method: 'PUT',
  path: '/staff/availability',
  summary: 'Say whether one can work on a day',
  ...staffCommand,
  body: newAvailabilitySchema,
  response: { 200: availabilitySchema },
  async handler({ actor, body, db }) {
    return { status: 200, body: await setAvailability(db, ownStaff(actor), body) };
  },
});

/** ISO: Monday is 1. */
const weekDays = { all: [1, 2, 3, 4, 5, 6, 7], weekdays: [1, 2, 3, 4, 5], weekends: [6, 7] };

const quickSetSchema = z.strictObject({ quickSetType: z.enum(['all', 'weekdays', 'weekends', 'clear']), ...dayRange });

const quickSet = defineRoute({
  method: 'POST',
  path: '/staff/availability/quick-set',
  summary: 'Say it of many days at once',
  description:
    'The days named become AVAILABLE, the others of the range UNAVAILABLE, whatever was said of them before. `clear` takes back what was said.',
  ...staffCommand,
  body: quickSetSchema,
  response: { 200: quickSetSchema.extend({ daysChanged: z.int() }) },
  async handler({ actor, body, db }) {
    const { quickSetType } = body;
    const days = { ...ownStaff(actor), ...checkDayRange({ startDate: body.startDate, endDate: body.endDate }) };
    const daysChanged =
      quickSetType === 'clear'
        ? await clearAvailability(db, days)
        : await setAvailableDays(db, days, weekDays[quickSetType]);
    return { status: 200, body: { ...body, daysChanged } };
  },
});

export const staffAvailabilityRoutes: readonly Route[] = [list, set, quickSet];
