import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { columnBlocks, linesOf } from './columns.ts';
import type { Figures } from './figures.ts';
import type { Block } from './flow.ts';
import { page, type Sheet } from './sheet.ts';
import { body, small, strong, title } from './styles.ts';

/** Where the right half of the page begins, and there the values behind their labels. */
const right = 318;
const values = right + 62;

/** What the document is called. */
export const nameOf = ({ kind }: InvoiceDocument) => (kind === 'invoice' ? 'Invoice' : 'Credit note');

/** The title; the number, the dates, what is corrected and why. */
export function headingBlocks(sheet: Sheet, document: InvoiceDocument, figures: Figures): Block[] {
  const heading = sheet.element(sheet.root, 'H1');
  const date = (day: string | undefined) => day && figures.date(day);
  const facts = [
    ['Number', document.number],
    ['Issued', date(document.issuedOn)],
    ['Supplied', date(document.suppliedOn)],
    ['Due', date(document.dueOn)],
    ['Corrects', document.corrects],
    ['Reason', document.reason],
  ] as const;
  return [
    {
      height: 0, // beside the facts
      keepWithNext: true,
      draw: top => sheet.draw(heading, () => sheet.text(nameOf(document), page.left - 1, top + 17, title)),
    },
    ...facts.flatMap(([label, value]) => {
      if (!value) return [];
      const element = sheet.element(sheet.root, 'P');
      const style = label === 'Number' ? strong : body;
      return columnBlocks(sheet, [
        { element, x: right, lines: [{ text: label, style: small }] },
        { element, x: values, lines: linesOf(sheet, value, style, page.right - values) },
      ]);
    }),
  ];
}

/** Who sends it and who receives it, side by side. */
export function partyBlocks(sheet: Sheet, { issuer, buyer, kind }: InvoiceDocument): Block[] {
  const width = right - page.left - 24;
  const column = (x: number, label: string, { name, addressLines, taxId, email }: InvoiceDocument['issuer']) => ({
    x,
    element: sheet.element(sheet.root, 'P'),
    lines: [
      { text: label, style: small },
      ...linesOf(sheet, name, strong, width),
      ...[...addressLines, taxId && `Tax ID ${taxId}`, email].flatMap(text =>
        text ? linesOf(sheet, text, body, width) : [],
      ),
    ],
  });
  const [first, ...others] = columnBlocks(sheet, [
    column(page.left, 'From', issuer),
    column(right, kind === 'invoice' ? 'Billed to' : 'Credited to', buyer),
  ]);
  return first ? [{ ...first, gap: 36 }, ...others] : [];
}
