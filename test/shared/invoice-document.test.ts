import assert from 'node:assert/strict';
import fc from 'fast-check';
import { invoiceDocument, invoiceTotals } from '../../shared/invoice-document.ts';
import { sampleInvoice } from '../workers/invoice/sample-invoice.ts';

const line = fc.record({
  grossCents: fc.integer({ min: 0, max: 10 ** 11 }),
  taxRate: fc.integer({ min: 0, max: 10_000 }).map(parts => parts / 10_000),
});

describe('invoiceTotals', () => {
  it('takes the tax out of the gross, once for all lines of a rate', () => {
    const lines = [
      { grossCents: 119, taxRate: 0.19 },
      { grossCents: 1, taxRate: 0.07 },
      { grossCents: 118, taxRate: 0.19 },
    ];
    assert.deepEqual(invoiceTotals(lines), {
      taxes: [
        { rate: 0.07, netCents: 1, taxCents: 0, grossCents: 1 },
        { rate: 0.19, netCents: 199, taxCents: 38, grossCents: 237 },
      ],
      netCents: 200,
      taxCents: 38,
      grossCents: 238,
    });
  });

  it('rounds half a cent up, however the rate looks in binary', () => {
    assert.equal(invoiceTotals([{ grossCents: 1, taxRate: 1 }]).taxCents, 1);
    assert.equal(invoiceTotals([{ grossCents: 63, taxRate: 0.05 }]).taxCents, 3);
    assert.equal(invoiceTotals([{ grossCents: 2_290, taxRate: 0.145 }]).taxCents, 290);
    assert.equal(invoiceTotals([{ grossCents: 2_001, taxRate: 0.0005 }]).taxCents, 1);
  });

  it('adds up, and no tax is more than half a cent from the exact one', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), lines => {
        const totals = invoiceTotals(lines);
        const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
        assert.equal(totals.grossCents, sum(lines.map(({ grossCents }) => grossCents)));
        for (const key of ['netCents', 'taxCents', 'grossCents'] as const)
          assert.equal(totals[key], sum(totals.taxes.map(tax => tax[key])));
        assert.deepEqual(
          totals.taxes.map(({ rate }) => rate),
          [...new Set(lines.map(({ taxRate }) => taxRate))].sort((a, b) => a - b),
        );
        for (const { rate, netCents, taxCents, grossCents } of totals.taxes) {
          assert.equal(netCents + taxCents, grossCents);
          // tax = gross × rate / (1 + rate), within ½: in ten-thousandths of the rate, times two.
          const parts = BigInt(Math.round(rate * 10_000));
          const off = 2n * (BigInt(grossCents) * parts - BigInt(taxCents) * (10_000n + parts));
          assert.ok(off >= -(10_000n + parts) && off < 10_000n + parts, `${grossCents} at ${rate}: ${taxCents}`);
        }
      }),
    );
  });

  it('refuses a sum that no number holds exactly', () => {
    const half = { grossCents: 2 ** 52, taxRate: 0.2 };
    assert.throws(() => invoiceTotals([half, half]), RangeError);
  });
});

describe('invoiceDocument', () => {
  it('takes what invoiceTotals made, and gives the same again after JSON', () => {
    const document = sampleInvoice();
    assert.deepEqual(invoiceDocument.parse(JSON.parse(JSON.stringify(document))), document);
  });

  it('refuses amounts that do not add up, wherever the cent is missing', () => {
    const document = sampleInvoice();
    const [tax, ...otherTaxes] = document.taxes;
    assert.ok(tax);
    const wrong = [
      { grossCents: document.grossCents + 1 },
      { netCents: document.netCents - 1, taxCents: document.taxCents + 1 },
      { taxes: [{ ...tax, netCents: tax.netCents + 1 }, ...otherTaxes] },
      { taxes: otherTaxes },
      { lines: document.lines.slice(1) },
    ];
    for (const change of wrong) assert.equal(invoiceDocument.safeParse({ ...document, ...change }).success, false);
  });

  it('refuses rates, dates, locales and currencies that could not be printed', () => {
    const document = sampleInvoice();
    const rate = (taxRate: number) => ({ lines: [{ ...document.lines[0], taxRate }] });
    const wrong = [
      rate(0.12345),
      rate(-0.1),
      rate(1.1),
      { issuedOn: '2026-02-30' },
      { locale: 'x' },
      { currency: 'eur' },
    ];
    for (const change of wrong) {
      const paths = invoiceDocument.safeParse({ ...document, ...change }).error?.issues.map(({ path }) => path[0]);
      assert.ok(paths?.includes(Object.keys(change)[0]), JSON.stringify(change));
    }
  });
});
