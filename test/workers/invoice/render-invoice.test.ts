import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { InvoiceDocument } from '../../../shared/invoice-document.ts';
import { renderInvoice } from '../../../workers/invoice/render-invoice.ts';
import { canReadPdf, inspectPdf, readPages } from './read-pdf.ts';
import { sampleInvoice, sampleLine, sampleLines } from './sample-invoice.ts';

const words = (text: string) => text.replace(/\s+/g, ' ').trim();
/** The pages' text with single spaces. */
const pagesOf = (document: InvoiceDocument) => readPages(renderInvoice(document)).map(words);
const count = (text: string, part: string) => text.split(part).length - 1;

/** The digest of each document, rendered in turn by a process of its own. */
function digestsElsewhere(documents: InvoiceDocument[], timeZone: string): string[] {
  const script = fileURLToPath(new URL('./print-digests.ts', import.meta.url));
  return execFileSync(process.execPath, ['--import', 'tsx', script], {
    input: JSON.stringify(documents),
    env: { ...process.env, TZ: timeZone },
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
}

describe('renderInvoice', () => {
  it('gives equal bytes in any process and time zone, whatever was rendered before', () => {
    // Ĥ brings H and its accent into the file, as parts without a character of their own; then H is written.
    const accented = sampleInvoice({ lines: [sampleLine(0, { description: 'Ĥ' })] });
    const document = sampleInvoice({ lines: [sampleLine(0, { description: 'Hammond' })] });
    const digest = digestsElsewhere([accented, document], 'Pacific/Kiritimati')[1];
    assert.match(digest as string, /^[0-9a-f]{64}$/);
    assert.deepEqual(digestsElsewhere([document, document], 'America/Anchorage'), [digest, digest]);
  });

  it('gives other bytes to another document', () => {
    const pdf = renderInvoice(sampleInvoice());
    assert.notDeepEqual(renderInvoice(sampleInvoice({ number: 'INV-2026-000043' })), pdf);
    assert.deepEqual(renderInvoice(sampleInvoice()), pdf);
  });

  it('keeps 500 lines below a megabyte', () => {
    assert.ok(renderInvoice(sampleInvoice({ lines: sampleLines(500) })).length < 1_000_000);
  });

  describe('as poppler reads it', () => {
    before(function () {
      if (!canReadPdf) this.skip();
    });

    it('says who owes what to whom, and that it is paid', () => {
      const [text, ...others] = pagesOf(sampleInvoice({ dueOn: '2026-03-19', notes: ['Thank you.'] }));
      assert.equal(others.length, 0);
      for (const part of [
        'INV-2026-000042 March 5, 2026 Supplied March 4, 2026',
        'Due March 19, 2026',
        'Millrace & Sons',
        'Tax ID IE 1234567 A',
        'Item-1. 1 10.02 8% 10.02 Sold by Vintage Strings',
        'Net 25.57',
        'Tax 8% on 9.28 0.74',
        'Tax 23% on 16.29 3.75',
        'Total tax 4.49',
        'Total EUR 30.06',
        'PAID March 5, 2026, card pi_123',
        'Notes Thank you.',
        'Page 1 of 1',
      ])
        assert.ok(text?.includes(part), `${part} is not in: ${text}`);
      assert.ok(!text?.includes('Corrects'));
    });

    it('writes a credit note as one: negative amounts, and the invoice that it corrects', () => {
      const [text] = pagesOf(
        sampleInvoice({ kind: 'credit_note', number: 'CRN-1', corrects: 'INV-2026-000042', reason: 'Returned.' }),
      );
      for (const part of [
        'Credit note',
        'CRN-1 March 5, 2026',
        'Corrects INV-2026-000042',
        'Reason Returned.',
        'Item-0. 1 10.01 23% −10.01',
        'Net −25.57',
        'Total −EUR 30.06',
        'REFUNDED',
        'Credited to',
      ])
        assert.ok(text?.includes(part), `${part} is not in: ${text}`);
      assert.ok(!text?.includes('PAID'));
    });

    it('begins every page with the header and ends it with its number; no line is lost or doubled', () => {
      const pages = pagesOf(sampleInvoice({ lines: sampleLines(100) }));
      assert.ok(pages.length >= 4);
      for (const [index, text] of pages.entries()) {
        assert.equal(count(text, 'Description Qty Unit price Tax Amount EUR'), 1);
        if (index > 0) assert.ok(text.startsWith('Description'));
        assert.ok(text.endsWith(`Page ${index + 1} of ${pages.length}`));
      }
      const items = pages.join(' ').match(/Item-\d+\./g);
      assert.deepEqual(
        items,
        sampleLines(100).map(({ description }) => description),
      );
    });

    it('cuts no line by a page break and leaves no totals without a line, however many lines there are', () => {
      for (let lineCount = 6; lineCount <= 30; lineCount++) {
        const lines = sampleLines(lineCount).map((line, index) => ({
          ...line,
          description: `begin-${index}. ${'and so on '.repeat(20)}end-${index}.`,
        }));
        const pages = pagesOf(sampleInvoice({ lines }));
        const pageWith = (part: string) => pages.findIndex(text => text.includes(part));
        for (let index = 0; index < lineCount; index++) {
          assert.notEqual(pageWith(`begin-${index}.`), -1);
          assert.equal(pageWith(`begin-${index}.`), pageWith(`end-${index}.`));
        }
        for (const part of ['Net', 'Tax 23% on', 'Total EUR', 'PAID', 'pi_123'])
          assert.equal(pageWith(part), pageWith(`begin-${lineCount - 1}.`), `${part}, ${lineCount} lines`);
      }
    });

    it('divides a line that is taller than a page, and more rates than a page holds', () => {
      const steps = Array.from({ length: 150 }, (_, index) => `step-${index}.`);
      const lines = Array.from({ length: 80 }, (_, index) => sampleLine(index, { taxRate: index / 100 }));
      lines[1] = sampleLine(1, { description: steps.join('\n') });
      const pages = pagesOf(sampleInvoice({ lines }));
      const text = pages.join(' ');
      for (const page of pages.slice(0, -1)) assert.ok(page.length > 400, `nearly empty: ${page}`);
      assert.match(pages.at(-1) as string, /Tax 79% on .* Total EUR/);
      for (const step of steps) assert.equal(count(text, step), 1, step);
      for (let percent = 2; percent < 80; percent++) assert.equal(count(text, ` Tax ${percent}% on `), 1);
    });

    it('prints Latin, Vietnamese, Greek and Cyrillic as written, composed or not, in fonts of its own', () => {
      const names = ['Łucja Gżegżółka', 'Nguyễn Hữu Thắng', 'Ελένη Παπαδοπούλου', 'Щукін Ґалаґан Їжак'];
      const pdf = renderInvoice(
        sampleInvoice({
          buyer: { name: 'B.', addressLines: names },
          lines: names.map((name, index) =>
            sampleLine(index, { description: name, sellerName: name.normalize('NFD') }),
          ),
        }),
      );
      const text = words(readPages(pdf).join(' '));
      for (const name of names) assert.equal(count(text, `${name} `), 3, `${name}: ${text}`);
      const fonts = inspectPdf('pdffonts', pdf).trim().split('\n').slice(2);
      assert.equal(fonts.length, 2);
      for (const font of fonts) assert.match(font, /^[A-Z]{6}\+DejaVuSansCondensed.* Identity-H +yes yes yes /);
    });

    it('shows a box for each character that the fonts lack, and for a control character', () => {
      const description = 'A 日本 B \u{1f9d1}\u200d\u{1f680} C \u0007 D \ud800 E';
      const [text] = pagesOf(sampleInvoice({ lines: [sampleLine(0, { description })] }));
      assert.ok(text?.includes('A □□ B □□ C □ D □ E'), text);
    });

    it('is tagged: headings, paragraphs and tables in reading order, with nothing of the page furniture', () => {
      const pdf = renderInvoice(sampleInvoice({ lines: sampleLines(60), notes: ['Thank you.'] }));
      const info = inspectPdf('pdfinfo', pdf);
      for (const line of [/^Title: +Invoice INV-2026-000042$/m, /^Author: +Millrace & Sons$/m, /^Tagged: +yes$/m])
        assert.match(info, line);
      assert.match(inspectPdf('pdfinfo', pdf, '-rawdates'), /^CreationDate: +D:20260305000000Z$/m);
      const structure = inspectPdf('pdfinfo', pdf, '-struct-text');
      const elements = structure.match(/^ *(?!")\w+/gm)?.map(line => line.trim());
      const row = 'TR TD TD TD TD TD ';
      const total = 'TR TH TD ';
      assert.equal(
        elements?.join(' '),
        `Document H1 P P P P P Table TR TH TH TH TH TH ${row.repeat(60)}P Table ${total.repeat(5)}P H2 P`,
      );
      assert.equal(count(structure, '"Description"'), 1);
      assert.equal(count(structure, 'Page '), 0);
    });

    it('keeps its XML metadata well-formed, whatever the names hold', () => {
      const name = 'R&D <Tools>\u0001';
      const xml = inspectPdf('pdfinfo', renderInvoice(sampleInvoice({ buyer: { name, addressLines: [] } })), '-meta');
      assert.match(xml, /<rdf:li>Millrace &#38; Sons<\/rdf:li>/);
      assert.match(xml, /INV-2026-000042 for R&#38;D &#60;Tools&#62; <\/rdf:li>/);
    });
  });
});
