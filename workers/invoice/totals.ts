import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { columnBlocks, linesOf } from './columns.ts';
import type { Figures } from './figures.ts';
import type { Block } from './flow.ts';
import { page, type Sheet, type Style } from './sheet.ts';
import { accent, badge, baselineIn, body, leading, small, strong, total } from './styles.ts';

/** Where the totals begin, unless they need more room. */
const column = 318;
const rowHeight = leading(body) + 3;
const totalHeight = 26;

/** The tax by rate and the totals. Bound together, so that they stay on one page. */
export function totalBlocks(sheet: Sheet, document: InvoiceDocument, figures: Figures): Block[] {
  const { currency, taxes, netCents, taxCents, grossCents, paid } = document;
  const rows = [
    ['Net', figures.amount(netCents)],
    ...taxes.map(tax => [
      `Tax ${figures.rate(tax.rate)} on ${figures.amount(tax.netCents)}`,
      figures.amount(tax.taxCents),
    ]),
    ...(taxes.length > 1 ? [['Total tax', figures.amount(taxCents)]] : []),
  ] as [label: string, value: string][];
  const { regular } = sheet.fonts;
  const widest = Math.max(...rows.map(row => regular.widthOf(regular.printable(row.join('      ')), body.size)));
  const left = Math.min(column, page.right - widest);

  const explanation = sheet.element(sheet.root, 'P');
  const table = sheet.element(sheet.root, 'Table');
  const rowBlock = (label: string, value: string, height: number, [labelStyle, style]: [Style, Style]): Block => {
    const row = sheet.element(table, 'TR');
    const head = sheet.element(row, 'TH', { scope: 'Row' });
    const cell = sheet.element(row, 'TD');
    return {
      height,
      keepWithNext: true,
      draw: top => {
        const baseline = baselineIn(top, height, style);
        sheet.draw(head, () => sheet.text(label, left, baseline, labelStyle));
        sheet.draw(cell, () => sheet.text(value, page.right, baseline, style, 'right'));
      },
    };
  };
  return [
    {
      gap: 6,
      height: 0, // beside the first row
      keepWithNext: true,
      draw: top =>
        sheet.draw(explanation, () =>
          sheet.text(`Prices in ${currency}, including tax.`, page.left, baselineIn(top, rowHeight, body), small),
        ),
    },
    ...rows.map(([label, value]) => rowBlock(label, value, rowHeight, [small, body])),
    {
      height: 8,
      keepWithNext: true,
      draw: top => sheet.decorate('Layout', () => sheet.rule(left, top + 5, page.right - left, 1, accent)),
    },
    { ...rowBlock('Total', figures.money(grossCents), totalHeight, [strong, total]), keepWithNext: paid !== undefined },
  ];
}

/** When, how and with what reference it was paid, or paid back; bound to the totals above. */
export function paymentBlocks(sheet: Sheet, { kind, paid }: InvoiceDocument, figures: Figures): Block[] {
  if (!paid) return [];
  const mark = kind === 'invoice' ? 'PAID' : 'REFUNDED';
  const element = sheet.element(sheet.root, 'P');
  const markWidth = sheet.fonts.bold.widthOf(mark, badge.size) + 16;
  const markHeight = 15;
  const x = column + markWidth + 10;
  const lines = [
    ...linesOf(sheet, `${figures.date(paid.on)}, ${paid.method}`, body, page.right - x),
    ...linesOf(sheet, paid.reference, small, page.right - x),
  ];
  return [
    {
      gap: 6,
      height: 0, // beside the first line
      keepWithNext: true,
      draw: top => {
        const markTop = top + (leading(body) - markHeight) / 2;
        sheet.decorate('Layout', () => sheet.badge(column, markTop, markWidth, markHeight, accent));
        sheet.draw(element, () => sheet.text(mark, column + 8, baselineIn(markTop, markHeight, badge), badge));
      },
    },
    ...columnBlocks(sheet, [{ x, element, lines }]).map((block, index) => ({
      ...block,
      keepWithNext: index < lines.length - 1,
    })),
  ];
}
