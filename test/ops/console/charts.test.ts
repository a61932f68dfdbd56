import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { KindMinute } from '../../../db/core/kind-minutes.ts';
import { chartOf } from '../../../ops/console/charts.ts';

const hour = { sinceS: 3_600, stepS: 60 };
/** On a minute. */
const minuteS = 1_768_464_000;

function row(atS: number, over: Partial<KindMinute> = {}) {
  const counts = { accepted: 0, succeeded: 0, failed: 0, retried: 0, ready: 0, running: 0, retrying: 0, oldestS: 0 };
  return { kind: 'transfer', ...counts, p50Ms: null, p99Ms: null, atS, ...over };
}

describe('charts', () => {
  it('hold every step of their span once, in order, with or without rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: minuteS, max: minuteS + 3_600 }), fc.constantFrom(60, 600), (nowS, stepS) => {
        const { data } = chartOf('rates', [], { sinceS: 3_600, stepS, nowS });
        const times = data[0] as number[];
        assert.ok(times.every((atS, index) => atS % stepS === 0 && (index === 0 || atS === times[index - 1]! + stepS)));
        assert.ok(times[0]! >= nowS - 3_600 && times.at(-1)! <= nowS && times.at(-1)! > nowS - stepS);
        assert.ok(data.every(values => values.length === times.length));
      }),
    );
  });

  it('show jobs a minute, all kinds together, and nothing where nothing was counted', () => {
    const rows = [row(minuteS - 120, { accepted: 12 }), row(minuteS - 120, { kind: 'export', accepted: 6, failed: 3 })];
    const { series, data } = chartOf('rates', rows, { ...hour, nowS: minuteS + 30 });
    assert.deepEqual(
      series.map(({ name }) => name),
      ['in', 'out', 'failed'],
    );
    const at = data[0]!.indexOf(minuteS - 120);
    assert.deepEqual(
      data.slice(1).map(values => values[at]),
      [18, 0, 3],
    );
    assert.deepEqual(
      data.slice(1).map(values => values[at + 1]),
      [0, 0, 0],
    );
  });

  it('show jobs a minute where a step is ten of them, and where one has only begun', () => {
    const day = { sinceS: 86_400, stepS: 600, nowS: minuteS + 30 };
    const rows = [row(minuteS - 600, { accepted: 500 }), row(minuteS, { accepted: 20 })];
    const { data } = chartOf('rates', rows, day);
    assert.deepEqual(data[1]!.slice(-2), [50, 40]);
    const justBegun = chartOf('rates', rows, { ...day, nowS: minuteS + 1 });
    assert.equal(justBegun.data[1]!.at(-1), 80);
  });

  it('show the slowest of the kinds, and a gap where nothing was done', () => {
    const rows = [row(minuteS, { p50Ms: 20, p99Ms: 90 }), row(minuteS, { kind: 'export', p50Ms: 700, p99Ms: null })];
    const { unit, data } = chartOf('durations', rows, { ...hour, nowS: minuteS });
    assert.equal(unit, 'ms');
    assert.deepEqual(
      data.slice(1).map(values => values.slice(-2)),
      [
        [null, 700],
        [null, 90],
      ],
    );
  });

  it('leave out rows of a step that is only half in their span', () => {
    const { data } = chartOf('waiting', [row(minuteS - 3_600, { ready: 5 })], { ...hour, nowS: minuteS + 1 });
    assert.ok(data[1]!.every(value => value === 0));
  });
});
