import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { columnBlocks, linesOf } from './columns.ts';
import type { Block } from './flow.ts';
import { page, type Sheet } from './sheet.ts';
import { body, strong } from './styles.ts';

/** Short enough to be read with ease. */
const width = 380;

/** What the issuer adds, a paragraph each. */
export function noteBlocks(sheet: Sheet, { notes }: InvoiceDocument): Block[] {
  if (notes.length === 0) return [];
  const heading = columnBlocks(sheet, [
    { x: page.left, element: sheet.element(sheet.root, 'H2'), lines: [{ text: 'Notes', style: strong }] },
  ]);
  const paragraphs = notes.map(note =>
    columnBlocks(sheet, [
      { x: page.left, element: sheet.element(sheet.root, 'P'), lines: linesOf(sheet, note, body, width) },
    ]),
  );
  return [
    ...heading.map(block => ({ ...block, gap: 30, keepWithNext: true })),
    ...paragraphs.flatMap(blocks => blocks.map((block, index) => (index === 0 ? { ...block, gap: 4 } : block))),
  ];
}
