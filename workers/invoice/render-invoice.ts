import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { figuresOf } from './figures.ts';
import { flow } from './flow.ts';
import { type Fonts, loadFonts } from './fonts.ts';
import { headingBlocks, nameOf, partyBlocks } from './heading.ts';
import { lineTable } from './line-table.ts';
import { noteBlocks } from './notes.ts';
import { page, Sheet } from './sheet.ts';
import { small } from './styles.ts';
import { paymentBlocks, totalBlocks } from './totals.ts';

let fonts: Fonts | undefined;

/**
 * An invoice or a credit note as a tagged PDF on A4. Equal documents give equal bytes, in any process, time zone and
 * order; the ICU of another Node may write a locale's numbers otherwise. Takes some milliseconds of CPU, for 500 lines
 * some hundred, and belongs in a thread of its own: see `RenderPool`. Below 1 MB for 500 lines.
 */
export function renderInvoice(document: InvoiceDocument): Uint8Array {
  const figures = figuresOf(document);
  const name = `${nameOf(document)} ${document.number}`;
  const sheet = new Sheet({
    fonts: (fonts ??= loadFonts()),
    title: name,
    author: document.issuer.name,
    subject: `${name} for ${document.buyer.name}`,
    // The language of our own words: only their English is chosen by the locale.
    lang: /^en\b/i.test(document.locale) ? document.locale : 'en',
    date: new Date(document.issuedOn),
  });
  flow(sheet, [
    ...headingBlocks(sheet, document, figures),
    ...partyBlocks(sheet, document),
    ...lineTable(sheet, document, figures),
    ...totalBlocks(sheet, document, figures),
    ...paymentBlocks(sheet, document, figures),
    ...noteBlocks(sheet, document),
  ]);
  return sheet.finish((pageNumber, pageCount) => {
    const baseline = page.height - 36;
    sheet.text(name, page.left, baseline, small);
    sheet.text(`Page ${pageNumber} of ${pageCount}`, page.right, baseline, small, 'right');
  });
}
