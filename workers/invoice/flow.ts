import { page, type Sheet } from './sheet.ts';

/** What is drawn in one piece, across the width of the page. */
export interface Block {
  height: number;
  /** Space above it, dropped at the top of a page. */
  gap?: number;
  /** Stays on the page of the next block. Where the blocks that are bound together need more than a page, their end stays together. */
  keepWithNext?: boolean;
  /** Drawn first if the block begins a page. */
  pageHeader?: Pick<Block, 'height' | 'draw'>;
  draw: (top: number) => void;
}

/** Draws blocks one below the other, on as many pages as they need. */
export function flow(sheet: Sheet, blocks: readonly Block[]): void {
  let top: number = page.top;
  let atTop = true;
  /** How much of what is bound together is kept together: all of it, or else its end. */
  let keptHeight = 0;
  blocks.forEach((block, index) => {
    const wanted = boundHeight(blocks, index);
    const room = page.bottom - page.top - (block.pageHeader?.height ?? 0);
    if (!blocks[index - 1]?.keepWithNext) keptHeight = wanted <= room ? room : room / 3;
    const needed = wanted <= keptHeight ? wanted : block.height;
    if (!atTop && top + (block.gap ?? 0) + needed > page.bottom) {
      sheet.addPage();
      top = page.top;
      atTop = true;
      block.pageHeader?.draw(top);
      top += block.pageHeader?.height ?? 0;
    }
    if (!atTop) top += block.gap ?? 0;
    block.draw(top);
    top += block.height;
    atTop = false;
  });
}

/** The height of a block and of those that are bound to it, without the gap above. */
function boundHeight(blocks: readonly Block[], from: number): number {
  let height = 0;
  for (let index = from; index < blocks.length; index++) {
    const block = blocks[index] as Block;
    height += block.height + (index > from ? (block.gap ?? 0) : 0);
    if (!block.keepWithNext) break;
  }
  return height;
}
