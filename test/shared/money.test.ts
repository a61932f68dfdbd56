import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minorDigitsOf, splitGross, toMinorUnits } from '../../shared/money.ts';

describe('shared/money', () => {
  it('takes a tenth of 29.99 as 3.00', () => {
    assert.deepEqual(splitGross(2999, 0.1), { netCents: 2699, feeCents: 300 });
  });

  it('rounds half a cent up, however the rate looks in binary', () => {
    assert.equal(splitGross(5, 0.1).feeCents, 1);
    assert.equal(splitGross(50, 0.07).feeCents, 4); // 50 * 0.07 is 3.5000000000000004 as a double
    assert.equal(splitGross(100, 0.145).feeCents, 15); // 100 * 0.145 is 14.499999999999998 as a double
    assert.equal(splitGross(5_000_000, 1e-7).feeCents, 1);
    assert.equal(splitGross(4_999_999, 1e-7).feeCents, 0);
  });

  it('takes nothing at rate 0 and everything at rate 1', () => {
    assert.deepEqual(splitGross(123, 0), { netCents: 123, feeCents: 0 });
    assert.deepEqual(splitGross(123, 1), { netCents: 0, feeCents: 123 });
  });

  it('divides every amount without losing or making a cent, half-up', () => {
    const tenThousandths = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), tenThousandths, (grossCents, parts) => {
        const { netCents, feeCents } = splitGross(grossCents, parts / 10_000);
        assert.equal(netCents + feeCents, grossCents);
        assert.equal(BigInt(feeCents), (BigInt(grossCents) * BigInt(parts) + 5_000n) / 10_000n);
      }),
    );
  });

  it('refuses what is no amount or no rate', () => {
    for (const amount of [-1, 1.5, Number.NaN, 2 ** 53]) assert.throws(() => splitGross(amount, 0.1), RangeError);
    for (const rate of [-0.1, 1.1, Number.NaN]) assert.throws(() => splitGross(100, rate), RangeError);
  });

  it('reads a decimal amount to the minor unit, and none that has more decimals than its currency', () => {
    const amounts: [string, string, number | null][] = [
      ['320.10', 'USD', 32_010],
      ['320', 'USD', 32_000],
      ['0.07', 'USD', 7],
      ['1.2300', 'EUR', 123],
      ['1.005', 'USD', null],
      ['1.005', 'KWD', 1_005],
      ['10.0', 'JPY', 10],
      ['10.5', 'JPY', null],
      ['90071992547409.92', 'USD', null],
      ['-1', 'USD', null],
      ['1e3', 'USD', null],
      ['', 'USD', null],
    ];
    for (const [amount, currency, units] of amounts) assert.equal(toMinorUnits(amount, currency), units, amount);
  });

  it('reads back every amount that is written with its decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 15 }), fc.constantFrom('USD', 'JPY', 'KWD'), (units, currency) => {
        const digits = minorDigitsOf(currency);
        const text = String(units).padStart(digits + 1, '0');
        const written = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
        assert.equal(toMinorUnits(written, currency), units);
      }),
    );
  });
});
