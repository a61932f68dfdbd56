import { z } from 'zod';
import { availabilityStatuses, type TimeSlot } from '../../db/workforce/availability.ts';
import { calendarDay } from './day-range.ts';

const maxSlots = 24;
const time = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const slotSchema = z
  .strictObject({
    start: z.string().regex(time, 'must be hh:mm'),
    end: z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be hh:mm, at most 24:00'),
  })
  .refine(({ start, end }) => start < end, 'must end after it starts');

const shape = {
  date: calendarDay,
  status: z.enum(availabilityStatuses),
  slots: z.array(slotSchema).max(maxSlots),
};

export const availabilitySchema = z.strictObject({
  ...shape,
  slots: shape.slots.describe("Times of day on the worker's own clock; none: it is said of the whole day"),
});

export const newAvailabilitySchema = z
  .strictObject({
    ...shape,
    slots: shape.slots
      .transform(slots => slots.toSorted((a, b) => (a.start < b.start ? -1 : 1)))
      .refine(areApart, 'must not overlap')
      .default([]),
  })
  .refine(({ status, slots }) => status !== 'PARTIAL' || slots.length > 0, {
    path: ['slots'],
    message: 'must say when, for PARTIAL',
  })
  .refine(({ status, slots }) => status !== 'UNAVAILABLE' || slots.length === 0, {
    path: ['slots'],
    message: 'must be empty for UNAVAILABLE',
  });

function areApart(sorted: readonly TimeSlot[]): boolean {
  return sorted.every((slot, index) => index === 0 || (sorted[index - 1] as TimeSlot).end <= slot.start);
}
