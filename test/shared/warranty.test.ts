import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addDays, daysBetween, dueThreshold, utcDay, warrantyStatus } from '../../shared/warranty.ts';

describe('shared/warranty', () => {
  const today = '2028-02-10';
  const dayIn = (days: number) => addDays(today, days);

  it('calls a warranty expiring from 30 days before its last day until that day is over', () => {
    const statuses = [-400, -1, 0, 1, 30, 31, 4_000].map(days => warrantyStatus(dayIn(days), today));
    assert.deepEqual(statuses, ['expired', 'expired', 'expiring', 'expiring', 'expiring', 'active', 'active']);
    assert.equal(warrantyStatus(null, today), 'none');
  });

  it('finds the tightest threshold that is due', () => {
    const due = [-1, 0, 1, 2, 7, 8, 30, 31].map(days => dueThreshold(dayIn(days), today));
    assert.deepEqual(due, [null, 1, 1, 7, 7, 30, 30, null]);
  });

  it('counts over leap days, months and years', () => {
    assert.equal(addDays('2028-02-28', 2), '2028-03-01');
    assert.equal(addDays('2027-02-28', 1), '2027-03-01');
    assert.equal(addDays('2028-01-01', -1), '2027-12-31');
    assert.equal(daysBetween('2027-12-31', '2028-12-31'), 366);
  });

  it('takes the date in UTC, whatever the machine’s time zone', () => {
    assert.equal(utcDay(new Date('2028-02-10T23:59:59.999Z')), '2028-02-10');
    assert.equal(utcDay(new Date('2028-02-11T00:30:00+02:00')), '2028-02-10');
  });

  it('is due exactly while it is expiring, and never less tight on a later day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 50 }), (days, later) => {
        const endsOn = dayIn(days);
        const due = dueThreshold(endsOn, today);
        assert.equal(due !== null, warrantyStatus(endsOn, today) === 'expiring');
        const next = dueThreshold(endsOn, dayIn(later));
        if (due !== null && next !== null) assert.ok(next <= due);
        assert.equal(daysBetween(today, endsOn), days);
      }),
    );
  });
});
