import { addDays, daysBetween } from './warranty.ts';

/** Local times of day, `HH:MM`. An end that isn't after the start is the next day's. */
export interface LocalTimes {
  startTime: string;
  endTime: string;
}

/** The clock on the wall of one place. Days are `yyyy-mm-dd`, times `HH:MM`, both local. */
export interface WallClock {
  /** The day that it is there at an instant. */
  dayOf: (at: Date) => string;
  /** The time that it is there at an instant, without its seconds. */
  timeOf: (at: Date) => string;
  /**
   * When the clock there shows a time. One that the clock skips moves forward by what is skipped (02:30 becomes 03:30); one
   * that it shows twice is the first.
   */
  instantOf: (day: string, time: string) => Date;
  /** From when to when something lasts that begins on a day. */
  spanOf: (day: string, times: LocalTimes) => { startsAt: Date; endsAt: Date };
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The clock of an IANA time zone. Throws `RangeError` for a name that isn't one's. */
export function wallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const noonOffsets = new Map<number, number>();

  /** What the clock shows, as if it were UTC. */
  const wallMsAt = (ms: number): number => {
    const shown = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
      ((ms % 1_000) + 1_000) % 1_000,
    );
  };
  const offsetAt = (ms: number): number => wallMsAt(ms) - ms;
  const noonOffsetOf = (dayStartMs: number): number => {
    let offsetMs = noonOffsets.get(dayStartMs);
    if (offsetMs === undefined) noonOffsets.set(dayStartMs, (offsetMs = offsetAt(dayStartMs + dayMs / 2)));
    return offsetMs;
  };

  const instantOf = (day: string, time: string): Date => {
    const dayStartMs = Date.parse(day);
    const wallMs = dayStartMs + minutesOf(time) * minuteMs;
    // Wherever on earth: by this noon the day has not begun there, by that one it is over.
    const before = noonOffsetOf(dayStartMs - 2 * dayMs);
    const after = noonOffsetOf(dayStartMs + 2 * dayMs);
    const candidates = before === after ? [] : [wallMs - Math.max(before, after), wallMs - Math.min(before, after)];
    const ms = candidates.find(candidate => candidate + offsetAt(candidate) === wallMs) ?? wallMs - before;
    return new Date(ms);
  };

  return {
    dayOf: at => new Date(wallMsAt(at.getTime())).toISOString().slice(0, 10),
    timeOf: at => new Date(wallMsAt(at.getTime())).toISOString().slice(11, 16),
    instantOf,
    spanOf(day, { startTime, endTime }) {
      const minutes = minutesOf(endTime) - minutesOf(startTime);
      const startsAt = instantOf(day, startTime);
      const endsAt = instantOf(minutes > 0 ? day : addDays(day, 1), endTime);
      // A start that was moved forward may have passed its end: then it lasts as long as the clock would have said.
      if (endsAt > startsAt) return { startsAt, endsAt };
      return { startsAt, endsAt: new Date(startsAt.getTime() + minutes * minuteMs) };
    },
  };
}

/** The days from one to another, both included, that fall on the given days of the week (ISO: Monday is 1, Sunday 7). */
export function recurringDays(from: string, to: string, weekDays: readonly number[]): string[] {
  const days = Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, index) => addDays(from, index));
  return days.filter(day => weekDays.includes(weekDayOf(day)));
}

/** ISO: Monday is 1, Sunday 7. */
export function weekDayOf(day: string): number {
  return new Date(day).getUTCDay() || 7;
}

export function isMonday(day: string): boolean {
  return weekDayOf(day) === 1;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
