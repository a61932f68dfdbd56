// Documents to verify, made up and drawn here. Letters are drawn as paths, so that no font of the machine's is needed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { type MrzFormat, mrzCheckDigit, mrzLayouts, mrzText } from '../../../shared/mrz.ts';

export interface Piece {
  text: string;
  x: number;
  /** Of the baseline. */
  y: number;
  size: number;
  mono?: boolean;
  /** The width of every letter, in pixels. */
  pitch?: number;
}

const fonts = { sans: parse('DejaVuSans'), mono: parse('DejaVuSansMono') };

function parse(name: string): Font {
  return create(readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))) as Font;
}

/** A white page with texts on it, as a PNG. */
export function drawPage(width: number, height: number, pieces: readonly Piece[]): Promise<Buffer> {
  const shapes = pieces.map(({ text, x, y, size, mono, pitch }) => {
    const font = fonts[mono ? 'mono' : 'sans'];
    const scale = size / font.unitsPerEm;
    let left = x;
    return font.layout(text).glyphs.map(glyph => {
      const shape = `<path transform="translate(${left},${y}) scale(${scale},${-scale})" d="${glyph.path.toSVG()}"/>`;
      left += pitch ?? glyph.advanceWidth * scale;
      return shape;
    });
  });
  const page = `<rect width="100%" height="100%" fill="#fff"/>${shapes.flat().join('')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${page}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** ICAO's specimen. */
export const anna = {
  surname: 'ERIKSSON',
  givenNames: 'ANNA MARIA',
  documentNumber: 'L898902C3',
  birthDate: '740812',
  expiryDate: '320415',
  personalNumber: 'ZE184226B',
};

/** The lines of a machine-readable zone, with the right check digits. */
export function writeMrz(format: MrzFormat, person: Partial<typeof anna> = {}): string[] {
  const { surname, givenNames, documentNumber, birthDate, expiryDate, personalNumber } = { ...anna, ...person };
  const digit = (text: string) => text + mrzCheckDigit(text);
  const fill = (text: string, length: number) => text.replaceAll(' ', '<').padEnd(length, '<').slice(0, length);
  const names = `${surname}<<${givenNames}`;
  const number = digit(fill(documentNumber, 9));
  const [birth, expiry] = [digit(birthDate), digit(expiryDate)];
  const lines = {
    TD1: () => [`I<UTO${fill(number, 25)}`, `${birth}F${expiry}UTO<<<<<<<<<<<`, fill(names, 30)],
    TD2: () => [fill(`I<UTO${names}`, 36), `${number}UTO${birth}F${expiry}<<<<<<<`],
    TD3: () => [fill(`P<UTO${names}`, 44), `${number}UTO${birth}F${expiry}${digit(fill(personalNumber, 14))}`],
  }[format]();
  const { of, at } = mrzLayouts[format].composite;
  const whole = of.map(span => mrzText(lines, span)).join('');
  return lines.map((line, i) => (i === at.line ? line + mrzCheckDigit(whole) : line));
}

/** The page of a passport, at 300 dpi. */
export function drawPassport(
  zone: readonly string[] = writeMrz('TD3'),
  person: Partial<typeof anna> = {},
): Promise<Buffer> {
  const { surname, givenNames, documentNumber } = { ...anna, ...person };
  const field = (label: string, text: string, x: number, y: number) => [
    { text: label, x, y, size: 26 },
    { text, x, y: y + 45, size: 36 },
  ];
  return drawPage(1476, 1039, [
    { text: 'PASSPORT', x: 60, y: 80, size: 44 },
    { text: 'UTOPIA', x: 700, y: 80, size: 40 },
    ...field('Surname', surname, 480, 180),
    ...field('Given names', givenNames, 480, 280),
    ...field('Date of birth', '12 AUG 1974', 480, 380),
    ...field('Date of expiry', '15 APR 2032', 480, 480),
    ...field('Passport No.', documentNumber, 960, 180),
    ...zone.map((text, i) => ({ text, x: 60, y: 880 + i * 75, size: 50, mono: true, pitch: 30.8 })),
  ]);
}

/** What a certificate says, a line each. */
export function certificateLines({ holder = 'Maria José López', expires = '12 March 2031' } = {}): string[] {
  return [
    'CERTIFICATE OF COMPLETION',
    'This is to certify that',
    holder,
    'has completed the course',
    'Food Handler Safety, Level 2',
    'Issued by: National Food Safety Board',
    'Certificate No: FH-2024-118832',
    'Date of issue: 3 March 2024',
    `Valid until: ${expires}`,
  ];
}

/** An A4 page at 150 dpi; `filler` lines of small print make it a full one. */
export function drawCertificate(lines: readonly string[] = certificateLines(), filler = 0): Promise<Buffer> {
  const print = 'The holder has shown knowledge of hygiene, storage and cross contamination rules';
  return drawPage(1240, 1754, [
    ...lines.map((text, i) => ({ text, x: 150, y: 200 + i * 60, size: 32 })),
    ...Array.from({ length: filler }, (_, i) => ({
      text: `${i + 1}. ${print} (${i * 37}).`,
      x: 110,
      y: 780 + i * 29,
      size: 19,
    })),
  ]);
}

/** A PDF with a text layer, a page each. */
export function writePdf(
  pages: readonly (readonly string[])[],
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  return finish(new PDFDocument({ ...options, autoFirstPage: false }), doc => {
    for (const lines of pages) {
      doc.addPage().font(fonts.sans as unknown as string);
      for (const [i, line] of lines.entries()) doc.fontSize(12).text(line, 72, 72 + i * 24);
    }
  });
}

/** A PDF of a scanner: pictures alone. */
export function scanToPdf(picture: Buffer): Promise<Buffer> {
  return finish(new PDFDocument({ size: 'A4', margin: 0 }), doc => doc.image(picture, 0, 0, { width: 595 }));
}

async function finish(doc: PDFKit.PDFDocument, draw: (doc: PDFKit.PDFDocument) => unknown): Promise<Buffer> {
  draw(doc);
  doc.end();
  const chunks: Buffer[] = [];
  for await (const chunk of doc) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The picture under Gaussian noise, always the same. */
export async function addNoise(picture: Buffer, sigma: number): Promise<Buffer> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  let seed = 42;
  const random = () => ((seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32) + 1) / 2 ** 32;
  for (let i = 0; i < data.length; i++) {
    const noise = sigma * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    data[i] = Math.max(0, Math.min(255, 25 + 0.8 * (data[i] as number) + noise));
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 1 } })
    .png()
    .toBuffer();
}

export function rotate(picture: Buffer, degrees: number): Promise<Buffer> {
  return sharp(picture).rotate(degrees, { background: '#fff' }).png().toBuffer();
}
