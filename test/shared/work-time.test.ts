import assert from 'node:assert/strict';
import fc from 'fast-check';
import { amountOfMinutes, payableMinutes, valueOfMinutes, type WorkedTime } from '../../shared/work-time.ts';

const minuteMs = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
const after = (minutes: number) => new Date(start + minutes * minuteMs);

/** Eight hours from 9 o'clock, clocked in and out so many minutes after that. */
const worked = (from: number, to: number, more: Partial<WorkedTime> = {}): WorkedTime => ({
  clockInAt: after(from),
  clockOutAt: after(to),
  startsAt: after(0),
  endsAt: after(480),
  lunchBreakMinutes: 30,
  paidBreak: false,
  ...more,
});

const anyWork = fc
  .record({
    from: fc.integer({ min: -120, max: 600 }),
    lasts: fc.integer({ min: 0, max: 2_000 }),
    planned: fc.integer({ min: 1, max: 1_440 }),
    lunchBreakMinutes: fc.integer({ min: 0, max: 240 }),
    paidBreak: fc.boolean(),
  })
  .map(({ from, lasts, planned, ...breaks }) => worked(from, from + lasts, { ...breaks, endsAt: after(planned) }));

describe('shared/work-time', () => {
  it('pays what was planned, without the break, for whoever came and went on time', () => {
    assert.equal(payableMinutes(worked(0, 480)), 450);
    assert.equal(payableMinutes(worked(0, 480, { paidBreak: true })), 480);
    assert.equal(payableMinutes(worked(0, 480, { lunchBreakMinutes: 0 })), 480);
  });

  it('pays neither the wait before the start nor what was missed', () => {
    assert.equal(payableMinutes(worked(-45, 480)), 450);
    assert.equal(payableMinutes(worked(20, 480)), 430);
    assert.equal(payableMinutes(worked(-60, -10)), 0);
  });

  it('takes no break away from whoever left before it, and only what there was of it', () => {
    assert.equal(payableMinutes(worked(0, 200)), 200);
    assert.equal(payableMinutes(worked(0, 225)), 225);
    assert.equal(payableMinutes(worked(0, 240)), 225);
    assert.equal(payableMinutes(worked(0, 260)), 230);
  });

  it('pays what was worked past the end, but for four hours at most', () => {
    assert.equal(payableMinutes(worked(0, 540)), 510);
    assert.equal(payableMinutes(worked(0, 480 + 240)), 690);
    assert.equal(payableMinutes(worked(0, 3 * 1_440)), 690);
  });

  it('rounds half a minute up', () => {
    const none = { lunchBreakMinutes: 0 };
    assert.equal(payableMinutes(worked(0, 10, { ...none, clockOutAt: new Date(start + 10.5 * minuteMs) })), 11);
    assert.equal(payableMinutes(worked(0, 10, { ...none, clockOutAt: new Date(start + 10.49 * minuteMs) })), 10);
  });

  it('never pays less for having stayed longer, nor more than the presence', () => {
    fc.assert(
      fc.property(anyWork, fc.integer({ min: 0, max: 600 }), (work, more) => {
        const minutes = payableMinutes(work);
        const stayed = payableMinutes({ ...work, clockOutAt: new Date(work.clockOutAt.getTime() + more * minuteMs) });
        assert.ok(Number.isInteger(minutes) && minutes >= 0);
        assert.ok(minutes <= (work.clockOutAt.getTime() - work.clockInAt.getTime()) / minuteMs);
        assert.ok(stayed >= minutes && stayed <= minutes + more + 1);
        assert.ok(payableMinutes({ ...work, paidBreak: true }) >= minutes);
      }),
    );
  });

  it('rounds an amount half-up to the cent', () => {
    assert.equal(amountOfMinutes(60, 2_500), 2_500);
    assert.equal(amountOfMinutes(1, 30), 1);
    assert.equal(amountOfMinutes(1, 29), 0);
    assert.equal(amountOfMinutes(7, 2_501), 292); // 291.78…
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 1_000_000 }), (minutes, rate) => {
        assert.equal(BigInt(amountOfMinutes(minutes, rate)), (BigInt(minutes) * BigInt(rate) * 2n + 60n) / 120n);
      }),
    );
  });

  it('refuses what is no time or no rate', () => {
    for (const minutes of [-1, 1.5, Number.NaN]) assert.throws(() => amountOfMinutes(minutes, 100), RangeError);
    for (const rate of [-1, 0.5, Number.MAX_SAFE_INTEGER]) assert.throws(() => amountOfMinutes(3, rate), RangeError);
  });

  it('tells each side’s worth, and what the market would have taken more', () => {
    const rates = { rateCents: 2_500, payRateCents: 1_800, marketRateCents: 3_000 };
    assert.deepEqual(valueOfMinutes(90, rates), { amountCents: 3_750, payCents: 2_700, savingCents: 750 });
    assert.equal(valueOfMinutes(60, { ...rates, marketRateCents: 2_000 }).savingCents, -500);
  });
});
