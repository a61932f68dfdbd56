import PDFDocument from 'pdfkit';
import type { Fonts, FontName } from './fonts.ts';

declare global {
  namespace PDFKit.Mixins {
    // What a header cell is the header of; the package's types don't know it.
    interface StructureElementOptions {
      scope?: 'Row' | 'Column';
    }
  }
}

/** An element of the logical structure: what a screen reader goes through. */
export type Element = PDFKit.PDFStructureElement;

export interface Style {
  font: FontName;
  /** In points. */
  size: number;
  color: string;
}

/** A4, in points. */
export const page = { width: 595.28, height: 841.89, left: 56, right: 539.28, top: 60, bottom: 770 } as const;

export interface SheetOptions {
  fonts: Fonts;
  title: string;
  author: string;
  subject: string;
  lang: string;
  /** Stands for the time of creation, so that equal documents are equal files. */
  date: Date;
}

/** A PDF in the making: texts, rules and their place in the logical structure. Positions are from the page's top left. */
export class Sheet {
  readonly fonts: Fonts;
  readonly root: Element;
  readonly #doc: PDFKit.PDFDocument;
  #pageCount = 0;
  #color = '';

  constructor({ fonts, title, author, subject, lang, date }: SheetOptions) {
    this.fonts = fonts;
    this.#doc = new PDFDocument({
      size: [page.width, page.height],
      margin: 0,
      pdfVersion: '1.7',
      tagged: true,
      lang,
      displayTitle: true,
      font: '', // none: the default would be read from disk
      autoFirstPage: false,
      bufferPages: true, // the last page's number is known at the end
      // The file's id is a hash of these.
      info: {
        Title: inXml(title),
        Author: inXml(author),
        Subject: inXml(subject),
        Producer: 'millrace',
        Creator: 'millrace',
        CreationDate: date,
        ModDate: date,
      },
    });
    this.#doc.registerFont('regular', fonts.regular.parsed).registerFont('bold', fonts.bold.parsed);
    this.addPage();
    this.root = this.#doc.struct('Document');
    this.#doc.addStructure(this.root);
  }

  addPage(): void {
    this.#doc.addPage();
    this.#pageCount += 1;
    this.#color = '';
  }

  /** A new element at the end of another. */
  element(parent: Element, type: string, options?: PDFKit.Mixins.StructureElementOptions): Element {
    const element = this.#doc.struct(type, options);
    parent.add(element);
    return element;
  }

  /** Draws what belongs to an element. */
  draw(element: Element, work: () => void): void {
    element.add(work);
  }

  /** Draws what has no meaning of its own: rules, what is repeated on every page. Not within an element's drawing. */
  decorate(type: 'Layout' | 'Pagination', work: () => void): void {
    this.#doc.markContent('Artifact', { type });
    work();
    this.#doc.endMarkedContent();
  }

  /** One line, on its baseline. `x` is where it begins, or ends if aligned right. */
  text(line: string, x: number, baseline: number, style: Style, align: 'left' | 'right' = 'left'): void {
    const font = this.fonts[style.font];
    const text = font.printable(line);
    const left = align === 'left' ? x : x - font.widthOf(text, style.size);
    this.#fill(style.color);
    this.#doc
      .font(style.font)
      .fontSize(style.size)
      .text(text, left, baseline, { lineBreak: false, baseline: 'alphabetic' });
  }

  /** A horizontal rule, `weight` points thick, its upper edge at `y`. */
  rule(x: number, y: number, width: number, weight: number, color: string): void {
    this.#fill(color);
    this.#doc.rect(x, y, width, weight).fill();
  }

  badge(x: number, y: number, width: number, height: number, color: string): void {
    this.#fill(color);
    this.#doc.roundedRect(x, y, width, height, height / 2).fill();
  }

  /** Ends the document: `decoratePage` draws on each page what needs the number of pages. Returns the file. */
  finish(decoratePage: (pageNumber: number, pageCount: number) => void): Uint8Array {
    for (let index = 0; index < this.#pageCount; index++) {
      this.#doc.switchToPage(index);
      this.#color = '';
      this.decorate('Pagination', () => decoratePage(index + 1, this.#pageCount));
    }
    this.#doc.end();
    // Everything has been pushed by now; a copy, so that the bytes own their memory and can be handed to another thread.
    return new Uint8Array(this.#doc.read() as Buffer);
  }

  /** PDFKit writes a colour each time that it is told one. */
  #fill(color: string): void {
    if (color !== this.#color) this.#doc.fillColor((this.#color = color));
  }
}

/** Text for the metadata, which PDFKit writes into XML as it is, where it must be escaped, and elsewhere too. */
function inXml(words: string): string {
  const text = words.replace(/[\p{Cc}\p{Cs}]/gu, ' ');
  const escaped = text.replace(/[<&>]/g, character => `&#${character.charCodeAt(0)};`);
  return Object.assign(new String(text), { toString: () => escaped }) as unknown as string;
}
