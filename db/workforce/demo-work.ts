import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import { addDays, daysBetween, utcDay } from '../../shared/warranty.ts';

/** A role of a shift, as far as somebody's work in it depends on it. */
export interface DemoRole {
  id: string;
  /** Local. */
  date: string;
  startsAt: Date;
  endsAt: Date;
  workersNeeded: number;
}

/** Somebody's place in a role, and, of who came, from when to when they were there; null while they are. */
export interface DemoPlace<Role extends DemoRole> {
  role: Role;
  staffId: string;
  status: AssignmentStatus;
  presence: { clockInAt: Date; clockOutAt: Date | null } | null;
}

const minuteMs = 60_000;
/** Booked so far ahead. */
const bookedDays = 7;
/** By how many minutes people are late, below zero early; null: they never come. */
const usualDelays = [-10, -4, 2, -7, 9, -1, -12, 4, -3, 0, -6, 11, -8, 1, -2, -5, null];
/** What is to be seen of work that goes on: the first of a role late, the second missing. */
const liveDelays = [12, null, -5, -9];

/**
 * Who works where: every place of what has begun is taken, half of the coming week's. Nobody works twice on a day.
 * @param roles in the order of their dates.
 * @param staffIds more than a day has places, and no multiple of seven. The first `idle` of them have nothing to do from yesterday on.
 */
export function planDemoWork<Role extends DemoRole>(
  roles: readonly Role[],
  staffIds: readonly string[],
  { idle, now }: { idle: number; now: Date },
): DemoPlace<Role>[] {
  const busy = staffIds.slice(idle);
  const idleFrom = addDays(utcDay(now), -1);
  const placesOf = new Map<string, number>();
  return roles.flatMap(role => {
    const { date } = role;
    const day = daysBetween('2020-01-01', date);
    const people = date < idleFrom ? staffIds : busy;
    return Array.from({ length: bookedPlaces(role, now) }, (_, ofRole): DemoPlace<Role> => {
      const ofDay = placesOf.get(date) ?? 0;
      placesOf.set(date, ofDay + 1);
      const staffId = people[(7 * ofDay + 3 * day) % people.length] as string;
      return { role, staffId, ...partOf(role, { ofRole, luck: 5 * ofDay + day }, now) };
    });
  });
}

function bookedPlaces({ startsAt, workersNeeded }: DemoRole, now: Date): number {
  if (startsAt <= now) return workersNeeded;
  const soon = startsAt.getTime() < now.getTime() + bookedDays * 1_440 * minuteMs;
  return soon ? Math.floor(workersNeeded / 2) : 0;
}

function partOf<Role extends DemoRole>(
  { startsAt, endsAt }: Role,
  { ofRole, luck }: { ofRole: number; luck: number },
  now: Date,
): Pick<DemoPlace<Role>, 'status' | 'presence'> {
  if (startsAt > now) return { status: luck % 3 === 0 ? 'ASSIGNED' : 'ACCEPTED', presence: null };
  const isOver = endsAt <= now;
  const delays = isOver ? usualDelays : liveDelays;
  const delay = delays[(isOver ? luck : ofRole) % delays.length];
  if (delay === null || delay === undefined) return { status: isOver ? 'NO_SHOW' : 'ACCEPTED', presence: null };
  const clockInAt = earlier(minutesAfter(startsAt, delay), now);
  if (!isOver) return { status: 'CHECKED_IN', presence: { clockInAt, clockOutAt: null } };
  return { status: 'CHECKED_OUT', presence: { clockInAt, clockOutAt: earlier(minutesAfter(endsAt, luck % 10), now) } };
}

function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * minuteMs);
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
