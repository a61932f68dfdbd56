import assert from 'node:assert/strict';
import fc from 'fast-check';
import { schedules } from '../../../ops/ticker/schedules.ts';
import { isMonday } from '../../../shared/recurrence.ts';
import { daysBetween, utcDay } from '../../../shared/warranty.ts';

describe('the schedules', () => {
  it('bill up to the last week that is over, on whatever day they are run', () => {
    const billing = schedules.find(({ name }) => name === 'weekly-billing');
    fc.assert(
      fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), at => {
        const { weekStartsOn } = billing!.jobs(at)[0]!.payload as { weekStartsOn: string };
        const daysAgo = daysBetween(weekStartsOn, utcDay(at));
        assert.ok(isMonday(weekStartsOn) && daysAgo >= 7 && daysAgo < 14, `${utcDay(at)}: ${weekStartsOn}`);
      }),
    );
  });
});
