import type { InvoiceDocument, InvoiceLine } from '../../shared/invoice-document.ts';
import { linesOf } from './columns.ts';
import type { Figures } from './figures.ts';
import type { Block } from './flow.ts';
import { page, type Sheet } from './sheet.ts';
import { accent, baselineIn, body, hairline, leading, small, smallStrong } from './styles.ts';

const columnGap = 18;
const headerHeight = 22;
const rowPadding = 5.5;
const width = page.right - page.left;

/** What was sold: a row for each line, its figures aligned right; the header begins every page. */
export function lineTable(sheet: Sheet, document: InvoiceDocument, figures: Figures): Block[] {
  const columns = figureColumns(sheet, document, figures);
  const descriptionWidth = (columns[0]?.left ?? page.right) - columnGap - page.left;
  const table = sheet.element(sheet.root, 'Table');

  const drawHeader = (top: number, draw: (work: () => void) => void) => {
    const baseline = baselineIn(top, headerHeight, smallStrong);
    draw(() => sheet.text('Description', page.left, baseline, smallStrong));
    for (const { label, right } of columns) draw(() => sheet.text(label, right, baseline, smallStrong, 'right'));
  };
  const drawHeaderRule = (top: number) =>
    sheet.decorate('Layout', () => sheet.rule(page.left, top + headerHeight - 1, width, 1, accent));
  const pageHeader = {
    height: headerHeight,
    draw: (top: number) => {
      sheet.decorate('Pagination', () => drawHeader(top, work => work()));
      drawHeaderRule(top);
    },
  };
  const headerRow = sheet.element(table, 'TR');
  const header: Block = {
    gap: 30,
    height: headerHeight,
    keepWithNext: true,
    draw: top => {
      drawHeader(top, work => sheet.draw(sheet.element(headerRow, 'TH', { scope: 'Column' }), work));
      drawHeaderRule(top);
    },
  };

  const rowBlocks = (line: InvoiceLine, isLastRow: boolean): Block[] => {
    const row = sheet.element(table, 'TR');
    const description = sheet.element(row, 'TD');
    const cells = columns.map(({ right, show }) => ({ right, text: show(line), element: sheet.element(row, 'TD') }));
    const aside = [line.detail, line.sellerName && `Sold by ${line.sellerName}`].filter(Boolean).join(' \u00b7 ');
    const lines = [
      ...linesOf(sheet, line.description, body, descriptionWidth),
      ...(aside ? linesOf(sheet, aside, small, descriptionWidth) : []),
    ];
    return lines.map(({ text, style }, index) => {
      const isFirst = index === 0;
      const isLast = index === lines.length - 1;
      const above = isFirst ? rowPadding : 0;
      const height = above + leading(style) + (isLast ? rowPadding : 0);
      return {
        height,
        keepWithNext: !isLast || isLastRow,
        pageHeader,
        draw: top => {
          const baseline = baselineIn(top + above, leading(style), style);
          sheet.draw(description, () => sheet.text(text, page.left, baseline, style));
          for (const cell of isFirst ? cells : [])
            sheet.draw(cell.element, () => sheet.text(cell.text, cell.right, baseline, body, 'right'));
          if (isLast) sheet.decorate('Layout', () => sheet.rule(page.left, top + height - 0.25, width, 0.5, hairline));
        },
      };
    });
  };
  const last = document.lines.length - 1;
  return [header, ...document.lines.flatMap((line, index) => rowBlocks(line, index === last))];
}

/** The columns beside the description, each as wide as its widest entry. */
function figureColumns(sheet: Sheet, document: InvoiceDocument, figures: Figures) {
  const columns = [
    { label: 'Qty', show: ({ quantity }: InvoiceLine) => figures.quantity(quantity) },
    { label: 'Unit price', show: ({ unitGrossCents }: InvoiceLine) => figures.price(unitGrossCents) },
    { label: 'Tax', show: ({ taxRate }: InvoiceLine) => figures.rate(taxRate) },
    { label: `Amount ${document.currency}`, show: ({ grossCents }: InvoiceLine) => figures.amount(grossCents) },
  ];
  let right: number = page.right;
  return columns
    .toReversed()
    .map(({ label, show }) => {
      const { regular, bold } = sheet.fonts;
      const entries = document.lines.map(line => regular.widthOf(regular.printable(show(line)), body.size));
      const left = right - Math.max(bold.widthOf(label, smallStrong.size), ...entries);
      const column = { label, show, left, right };
      right = left - columnGap;
      return column;
    })
    .toReversed();
}
