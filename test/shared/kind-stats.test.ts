import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addStats,
  durationAt,
  durationBoundsMs,
  durationPlace,
  type KindStats,
  noStats,
  statsSince,
} from '../../shared/kind-stats.ts';

const durationMs = fc.double({ min: 0, max: 30_000_000, noNaN: true });

const count = fc.nat(1_000_000);
const durations = fc.array(count, { minLength: noStats().durations.length, maxLength: noStats().durations.length });
const stats: fc.Arbitrary<KindStats> = fc.record(
  {
    running: count,
    succeeded: count,
    failed: count,
    retried: count,
    durations,
  },
  { noNullPrototype: true },
);

describe("a kind's figures", () => {
  it('put every duration where its bounds enclose it', () => {
    fc.assert(
      fc.property(durationMs, ms => {
        const place = durationPlace(ms);
        assert.ok(ms <= (durationBoundsMs[place] ?? Number.POSITIVE_INFINITY));
        assert.ok(place === 0 || ms > (durationBoundsMs[place - 1] as number));
      }),
    );
  });

  it('tell a percentile between the bounds of the duration that it is, or the last bound beyond it', () => {
    fc.assert(
      fc.property(
        fc.array(durationMs, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (given, share) => {
          const counted = noStats().durations;
          for (const ms of given) counted[durationPlace(ms)]! += 1;
          const exact = given.toSorted((a, b) => a - b)[Math.ceil(share * given.length) - 1] as number;
          const told = durationAt(counted, share) as number;
          const place = durationPlace(exact);
          const last = durationBoundsMs[durationBoundsMs.length - 1] as number;
          assert.ok(told >= (durationBoundsMs[place - 1] ?? 0) && told <= (durationBoundsMs[place] ?? last));
        },
      ),
    );
  });

  it('never tell a higher percentile to be shorter', () => {
    fc.assert(
      fc.property(durations, counted => {
        const told = [0.1, 0.5, 0.9, 0.99, 1].map(share => durationAt(counted, share) ?? 0);
        assert.deepEqual(
          told,
          told.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('know no percentile of nothing', () => {
    assert.equal(durationAt(noStats().durations, 0.5), null);
  });

  it('are what came on top of an earlier reading, so that both together are the later one', () => {
    fc.assert(
      fc.property(stats, stats, (before, onTop) => {
        const now = { ...addStats(before, onTop), running: onTop.running };
        assert.deepEqual(statsSince(now, before), onTop);
      }),
    );
  });

  it('count what an older build wrote with fewer bounds', () => {
    const older: KindStats = { ...noStats(), succeeded: 1, durations: [1] };
    assert.deepEqual(statsSince({ ...noStats(), succeeded: 3, durations: [2, 1] }, older).durations, [1, 1]);
    assert.deepEqual(addStats(noStats(), older).durations, [1, ...noStats().durations.slice(1)]);
  });
});
