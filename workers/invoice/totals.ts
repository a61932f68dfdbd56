import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { columnBlocks, linesOf } from './columns.ts';
import type { Figures } from './figures.ts';
import type { Block } from './flow.ts';
import { page, type Sheet, type Style } from './sheet.ts';
import { accent, badge, baselineIn, body, leading, small, strong, total } from './styles.ts';

const left = 318;

/** The tax by rate and the totals. Bound together, so that they stay on one page. */
export function totalBlocks(sheet: Sheet, document: InvoiceDocument, figures: Figures): Block[] {
  const { currency, taxes, netCents, taxCents, grossCents } = document;
  const table = sheet.element(sheet.root, 'Table');
  const row = (label: string, value: string, style: Style, height: number): Block => {
    const element = sheet.element(table, 'TR');
    const head = sheet.element(element, 'TH', { scope: 'Row' });
    const cell = sheet.element(element, 'TD');
    return {
      height,
      keepWithNext: true,
      draw: top => {
        const baseline = baselineIn(top, height, style);
        sheet.draw(head, () => sheet.text(label, left, baseline, style === body ? small : strong));
        sheet.draw(cell, () => sheet.text(value, page.right, baseline, style, 'right'));
      },
    };
  };
  const rule: Block = {
    height: 8,
    keepWithNext: true,
    draw: top => sheet.decorate('Layout', () => sheet.rule(left, top + 5, page.right - left, 1, accent)),
  };
  const rowHeight = leading(body) + 3;
  const explanation = sheet.element(sheet.root, 'P');
  const net = row('Net', figures.amount(netCents), body, rowHeight);
  const drawNet = (top: number) => {
    const text = `Prices in ${currency}, including tax.`;
    sheet.draw(explanation, () => sheet.text(text, page.left, baselineIn(top, rowHeight, body), small));
    net.draw(top);
  };
  return [
    { ...net, gap: 6, draw: drawNet },
    ...taxes.map(tax =>
      row(
        `Tax ${figures.rate(tax.rate)} on ${figures.amount(tax.netCents)}`,
        figures.amount(tax.taxCents),
        body,
        rowHeight,
      ),
    ),
    ...(taxes.length > 1 ? [row('Total tax', figures.amount(taxCents), body, rowHeight)] : []),
    rule,
    { ...row('Total', figures.money(grossCents), total, 26), keepWithNext: document.paid !== undefined },
  ];
}

/** When, how and with what reference it was paid, or paid back; bound to the totals above. */
export function paymentBlocks(sheet: Sheet, { kind, paid }: InvoiceDocument, figures: Figures): Block[] {
  if (!paid) return [];
  const mark = kind === 'invoice' ? 'PAID' : 'REFUNDED';
  const element = sheet.element(sheet.root, 'P');
  const markWidth = sheet.fonts.bold.widthOf(mark, badge.size) + 16;
  const x = left + markWidth + 10;
  const [first, ...others] = columnBlocks(sheet, [
    {
      x,
      element,
      lines: [
        ...linesOf(sheet, `${figures.date(paid.on)}, ${paid.method}`, body, page.right - x),
        ...(paid.reference ? linesOf(sheet, paid.reference, small, page.right - x) : []),
      ],
    },
  ]);
  if (!first) return [];
  const drawMark = (top: number) => {
    const height = 15;
    const markTop = top + (first.height - height) / 2;
    sheet.decorate('Layout', () => sheet.badge(left, markTop, markWidth, height, accent));
    sheet.draw(element, () => sheet.text(mark, left + 8, baselineIn(markTop, height, badge), badge));
  };
  const marked: Block = {
    ...first,
    gap: 6,
    draw: top => {
      drawMark(top);
      first.draw(top);
    },
  };
  return [marked, ...others].map((block, index) => ({ ...block, keepWithNext: index < others.length }));
}
