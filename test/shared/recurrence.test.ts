import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMonday, recurringDays, wallClock, weekDayOf } from '../../shared/recurrence.ts';
import { addDays, daysBetween } from '../../shared/warranty.ts';

const newYork = wallClock('America/New_York');
const at = (instant: Date) => instant.toISOString();

const minuteMs = 60_000;
const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe', // its clock changes by half an hour
  'Africa/Casablanca', // and this one's around Ramadan
  'America/Santiago', // at midnight
  'Pacific/Kiritimati',
  'Asia/Kathmandu',
  'Antarctica/Troll', // by two hours
  'UTC',
];
// Every other one is a day, somewhere, on which a clock changes, or beside one.
const changes = [
  '2026-02-15',
  '2026-03-08',
  '2026-03-22',
  '2026-03-29',
  '2026-04-05',
  '2026-09-06',
  '2026-10-04',
  '2026-10-25',
  '2026-11-01',
];
const day = fc.oneof(
  fc.integer({ min: 0, max: 3_650 }).map(days => addDays('2024-01-01', days)),
  fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -1, max: 1 })).map(([date, days]) => addDays(date, days)),
);
const time = fc.integer({ min: 0, max: 1_439 }).map(timeOf);
const zone = fc.constantFrom(...zones);

describe('shared/recurrence', () => {
  it('reads a place’s clock in summer and in winter', () => {
    assert.equal(at(newYork.instantOf('2026-01-15', '09:00')), '2026-01-15T14:00:00.000Z');
    assert.equal(at(newYork.instantOf('2026-07-15', '09:00')), '2026-07-15T13:00:00.000Z');
    assert.equal(newYork.dayOf(new Date('2026-01-15T04:59:59.999Z')), '2026-01-14');
    assert.equal(newYork.dayOf(new Date('2026-01-15T05:00:00.000Z')), '2026-01-15');
  });

  it('shows, at any minute, a day and a time that lead back to what it shows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 40_000_000 }), (place, minutes) => {
        const clock = wallClock(place);
        const instant = new Date(Date.UTC(1990, 0, 1) + minutes * minuteMs);
        const shown = { day: clock.dayOf(instant), time: clock.timeOf(instant) };
        const back = clock.instantOf(shown.day, shown.time);
        assert.deepEqual({ day: clock.dayOf(back), time: clock.timeOf(back) }, shown);
      }),
    );
  });

  it('moves a time that the clock skips forward by what it skips', () => {
    assert.equal(at(newYork.instantOf('2026-03-08', '02:30')), at(newYork.instantOf('2026-03-08', '03:30')));
    assert.equal(at(newYork.instantOf('2026-03-08', '02:30')), '2026-03-08T07:30:00.000Z');
    assert.equal(at(newYork.instantOf('2026-03-08', '01:59')), '2026-03-08T06:59:00.000Z');
  });

  it('takes the first of a time that the clock shows twice', () => {
    assert.equal(at(newYork.instantOf('2026-11-01', '01:30')), '2026-11-01T05:30:00.000Z');
    assert.equal(at(newYork.instantOf('2026-11-01', '02:00')), '2026-11-01T07:00:00.000Z');
  });

  it('ends a night on the next day, an hour shorter or longer when the clock changes', () => {
    const hours = (date: string) => {
      const { startsAt, endsAt } = newYork.spanOf(date, { startTime: '22:00', endTime: '06:00' });
      return (endsAt.getTime() - startsAt.getTime()) / 3_600_000;
    };
    assert.deepEqual(['2026-03-06', '2026-03-07', '2026-10-31'].map(hours), [8, 7, 9]);
  });

  it('lets what begins in the skipped hour last as long as its times say', () => {
    const span = newYork.spanOf('2026-03-08', { startTime: '02:30', endTime: '03:15' });
    assert.deepEqual([span.startsAt, span.endsAt].map(at), ['2026-03-08T07:30:00.000Z', '2026-03-08T08:15:00.000Z']);
  });

  it('finds, for every place, day and time, the first instant at which the clock shows it, if it ever does', () => {
    fc.assert(
      fc.property(zone, day, time, (timeZone, date, wanted) => {
        const clock = wallClock(timeZone);
        const found = clock.instantOf(date, wanted);
        const shown = shownIn(timeZone, found);
        const noon = Date.parse(`${date}T12:00Z`);
        // Wherever on earth, the whole day lies within these hours; half an hour is the smallest change of a clock.
        const instants = Array.from({ length: 4 * 54 }, (_, quarter) => noon + (quarter - 4 * 27) * 15 * minuteMs);
        const off = Number(wanted.slice(3)) % 15;
        const first = instants.find(ms => shownIn(timeZone, new Date(ms + off * minuteMs)) === `${date} ${wanted}`);
        if (first === undefined) assert.ok(shown > `${date} ${wanted}`, `${shown} is not later`);
        else assert.equal(at(found), at(new Date(first + off * minuteMs)));
      }),
      { numRuns: 300 },
    );
  });

  it('never ends before it starts, and lasts what the times say but for a change of the clock', () => {
    fc.assert(
      fc.property(zone, day, time, time, (timeZone, date, startTime, endTime) => {
        fc.pre(startTime !== endTime);
        const { startsAt, endsAt } = wallClock(timeZone).spanOf(date, { startTime, endTime });
        const minutes = (endsAt.getTime() - startsAt.getTime()) / minuteMs;
        const nominal = (minutesOf(endTime) - minutesOf(startTime) + 1_440) % 1_440;
        assert.ok(minutes > 0);
        assert.ok(Math.abs(minutes - nominal) <= 120, `${minutes} minutes instead of ${nominal}`);
      }),
    );
  });

  it('names exactly the days of the week that are asked for', () => {
    assert.deepEqual(recurringDays('2026-03-02', '2026-03-15', [1, 7]), [
      '2026-03-02',
      '2026-03-08',
      '2026-03-09',
      '2026-03-15',
    ]);
    const weekDays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }));
    fc.assert(
      fc.property(day, fc.integer({ min: -5, max: 400 }), weekDays, (from, length, wanted) => {
        const to = addDays(from, length);
        const days = recurringDays(from, to, wanted);
        assert.deepEqual(days, [...new Set(days)].sort());
        for (const one of days) assert.ok(one >= from && one <= to && wanted.includes(weekDayOf(one)));
        for (let one = from; one <= to; one = addDays(one, 1))
          assert.equal(days.includes(one), wanted.includes(weekDayOf(one)));
        if (wanted.length === 7 && length >= 0) assert.equal(days.length, daysBetween(from, to) + 1);
      }),
    );
  });

  it('calls Monday the first day of the week and Sunday the seventh', () => {
    assert.deepEqual(['2026-03-02', '2026-03-07', '2026-03-08'].map(weekDayOf), [1, 6, 7]);
    assert.ok(isMonday('2026-03-02') && !isMonday('2026-03-08'));
  });

  it('refuses a time zone that is none', () => {
    assert.throws(() => wallClock('Europe/Atlantis'), RangeError);
  });
});

const formats = new Map(
  zones.map(timeZone => [
    timeZone,
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
  ]),
);

/** `yyyy-mm-dd HH:MM`, by another way than the one under test. */
function shownIn(timeZone: string, instant: Date): string {
  return formats.get(timeZone)!.format(instant);
}

function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}
