import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type GlyphPosition, type GlyphRun } from 'fontkit';
import { printable } from './printable.ts';

declare global {
  namespace PDFKit.Mixins {
    // A parsed font is taken too, which the package's types don't know.
    interface PDFFont {
      registerFont(name: string, src: Font): this;
    }
  }
}

/** A glyph as PDFKit takes it, and what of it depends on the one before. */
interface Glyph {
  id: number;
  advanceWidth: number;
  codePoints: number[];
  /** By the id of the glyph that follows. */
  pairs: Map<number, Pair>;
}

/** In font units: how much closer the second glyph stands, and where from there it is drawn, if it is a mark. */
interface Pair {
  kern: number;
  xOffset: number;
  yOffset: number;
}

/** A font that has been parsed, with what was learnt of it. One for a thread: nothing in it depends on what it drew before. */
export interface PrintFont {
  /** For `registerFont`. */
  parsed: Font;
  /** In points. For text that is printable. */
  widthOf: (text: string, size: number) => number;
  /** The line with a visible mark for each character that the font lacks. */
  printable: (line: string) => string;
}

/** Pairs that a font remembers before it begins anew: a few hundred are common, foreign text can bring millions. */
const maxPairs = 50_000;
const alone: Pair = { kern: 0, xOffset: 0, yOffset: 0 };

/**
 * Parses a TrueType file for printing. Its layout is our own: one glyph a character, with kerning and marks of the font
 * by pairs, learnt once. Besides being faster than fontkit's, it keeps the bytes of a document from depending on the ones
 * before it: fontkit's glyphs keep the characters for which they were first made, or none if they were first a part of
 * another glyph, and PDFKit writes those into the document.
 */
export function parseFont(path: string): PrintFont {
  const font = create(readFileSync(path)) as Font;
  const shape = font.layout.bind(font);
  const glyphs = new Map<number, Glyph>();
  let pairCount = 0;

  const glyphOf = (codePoint: number): Glyph => {
    let glyph = glyphs.get(codePoint);
    if (!glyph) {
      const { id, advanceWidth } = font.glyphForCodePoint(codePoint);
      glyphs.set(codePoint, (glyph = { id, advanceWidth, codePoints: [codePoint], pairs: new Map() }));
    }
    return glyph;
  };

  const pairOf = (left: Glyph, right: Glyph): Pair => {
    let pair = left.pairs.get(right.id);
    if (!pair) {
      if (++pairCount > maxPairs) {
        for (const glyph of glyphs.values()) glyph.pairs.clear();
        pairCount = 1;
      }
      left.pairs.set(right.id, (pair = learnPair(left, right)));
    }
    return pair;
  };

  const learnPair = (left: Glyph, right: Glyph): Pair => {
    const text = String.fromCodePoint(...left.codePoints, ...right.codePoints);
    const { glyphs: shaped, positions } = shape(text, { ccmp: false, liga: false });
    const [first, second] = positions;
    const asWritten = shaped.length === 2 && shaped[0]?.id === left.id && shaped[1]?.id === right.id;
    if (!first || !second || !asWritten) return alone;
    return { kern: first.xAdvance - left.advanceWidth, xOffset: second.xOffset, yOffset: second.yOffset };
  };

  font.layout = text => {
    const run = { glyphs: [] as Glyph[], positions: [] as GlyphPosition[], advanceWidth: 0 };
    let left: Glyph | undefined;
    for (const character of text) {
      const glyph = glyphOf(character.codePointAt(0) as number);
      const { kern, xOffset, yOffset } = left ? pairOf(left, glyph) : alone;
      const before = run.positions.at(-1);
      if (before) before.xAdvance += kern;
      // In thousandths of the size already, unlike the positions, which PDFKit scales in place: hence new ones each time.
      run.advanceWidth += ((kern + glyph.advanceWidth) * 1000) / font.unitsPerEm;
      run.glyphs.push(glyph);
      run.positions.push({ xAdvance: glyph.advanceWidth, yAdvance: 0, xOffset, yOffset });
      left = glyph;
    }
    return run as unknown as GlyphRun;
  };

  return {
    parsed: font,
    widthOf(text, size) {
      let width = 0;
      let left: Glyph | undefined;
      for (const character of text) {
        const glyph = glyphOf(character.codePointAt(0) as number);
        width += glyph.advanceWidth + (left ? pairOf(left, glyph).kern : 0);
        left = glyph;
      }
      return (width * size) / font.unitsPerEm;
    },
    printable: line => printable(line, codePoint => font.hasGlyphForCodePoint(codePoint)),
  };
}

export type FontName = 'regular' | 'bold';
export type Fonts = Record<FontName, PrintFont>;

/** Parses the fonts of invoices, DejaVu Sans Condensed in two weights: some milliseconds, once a thread. */
export function loadFonts(): Fonts {
  const { resolve } = createRequire(import.meta.url);
  return {
    regular: parseFont(resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf')),
    bold: parseFont(resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf')),
  };
}
