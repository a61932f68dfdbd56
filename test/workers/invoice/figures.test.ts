import assert from 'node:assert/strict';
import fc from 'fast-check';
import { figuresOf } from '../../../workers/invoice/figures.ts';
import { sampleInvoice } from './sample-invoice.ts';

const figures = (changes: Parameters<typeof sampleInvoice>[0]) => figuresOf(sampleInvoice(changes));

describe('figuresOf', () => {
  it('writes minor units with the decimals that ISO 4217 counts them by, not those in daily use', () => {
    const shown = ['EUR', 'HUF', 'JPY', 'KWD', 'CLF'].map(currency => figures({ currency }).money(1_234_567));
    assert.deepEqual(
      shown.map(text => text.replace('\u00a0', ' ')),
      ['EUR 12,345.67', 'HUF 12,345.67', 'JPY 1,234,567', 'KWD 1,234.567', 'CLF 123.4567'],
    );
  });

  it('loses no cent of any amount', () => {
    const { amount } = figures({});
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), cents => {
        assert.equal(BigInt(amount(cents).replace(/\D/g, '')), BigInt(cents));
      }),
    );
    assert.equal(amount(Number.MAX_SAFE_INTEGER), '90,071,992,547,409.91');
  });

  it('gives the amounts of a credit note a minus, but for nothing, and leaves its prices', () => {
    const { amount, price } = figures({ kind: 'credit_note' });
    assert.deepEqual([amount(1_050), amount(0), price(1_050)], ['\u221210.50', '0.00', '10.50']);
  });

  it("writes numbers and dates in the document's locale, in digits and letters that the fonts have", () => {
    const show = (locale: string) => {
      const { amount, date, quantity, rate } = figures({ locale });
      return [amount(123_456), quantity(1_000), rate(0.075), date('2026-03-05')].join(' | ').replace(/\s/g, ' ');
    };
    assert.equal(show('de'), '1.234,56 | 1.000 | 7,5 % | 5. März 2026');
    assert.equal(show('fr'), '1 234,56 | 1 000 | 7,5 % | 5 mars 2026');
    assert.equal(show('ja'), '1,234.56 | 1,000 | 7.5% | 2026-03-05');
    assert.deepEqual(
      [figures({ locale: 'fa' }).date('2026-03-05'), figures({ locale: 'fa' }).quantity(12)],
      ['2026-03-05', '12'],
    );
  });
});
