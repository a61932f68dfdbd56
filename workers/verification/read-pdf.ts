import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';
import type { OcrEngine } from './ocr-engine.ts';
import { preparePage, type RawImage } from './page-image.ts';
import { linesOf, lineText, meanConfidence, type Reading, type Word, type Zone } from './reading.ts';
import { Unreadable } from './unreadable.ts';
import { looksLikeZone, zoneLine } from './zone-lines.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Pdf['getPage']>>;

const maxPages = 5;
/** A page with fewer letters than this is read as a picture: a scanner's name is no text layer. */
const minLetters = 30;
const maxWords = 5_000;
const maxPicturesPerPage = 3;
/** Smaller pictures are logos. */
const minPicturePixels = 60_000;
/** A4 at 600 dpi is 35 million. They are unpacked whole, at four bytes each. */
const maxPicturePixels = 40_000_000;

/** Reads a PDF's text layer, or its pictures where a page has none. Nothing is rendered. Throws `Unreadable`. */
export async function readPdf(bytes: Uint8Array, engine: OcrEngine): Promise<Reading> {
  const pdf = await open(bytes);
  try {
    const reading: Reading = { pageCount: pdf.numPages, lines: [], zones: [], confidence: 0 };
    const words: Word[] = [];
    for (let number = 1; number <= Math.min(pdf.numPages, maxPages); number++) {
      const page = await readPage(await pdf.getPage(number).catch(refuse), engine);
      const lines = linesOf(page.runs, number, page.source);
      const zone = page.source === 'text' ? textZone(lines.map(lineText)) : page.zone;
      if (zone.length > 0) reading.zones.push({ page: number, source: page.source, readings: zone } satisfies Zone);
      reading.lines.push(...lines);
      words.push(...page.runs.flat());
    }
    return { ...reading, confidence: meanConfidence(words) };
  } finally {
    await pdf.destroy();
  }
}

async function open(bytes: Uint8Array): Promise<Pdf> {
  try {
    return await getDocumentProxy(bytes, { maxImageSize: maxPicturePixels, verbosity: 0 });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') throw new Unreadable('encrypted_pdf');
    return refuse(error);
  }
}

function refuse(cause: unknown): never {
  throw new Unreadable('corrupt_file', { cause });
}

async function readPage(page: Page, engine: OcrEngine) {
  const text = await textLayer(page).catch(refuse);
  const letters = text.reduce((sum, [word]) => sum + (word?.text.match(/\p{L}/gu)?.length ?? 0), 0);
  if (letters >= minLetters) return { source: 'text' as const, runs: text, zone: [] };
  const runs: Word[][] = [];
  const zone: string[][] = [];
  let below = 0;
  for (const picture of await pictures(page).catch(refuse)) {
    const image = await preparePage(picture, page.rotate);
    const read = await engine.readPage(image);
    // One under the other, as if they were one.
    const drop = (word: Word) => ({ ...word, top: word.top + below, bottom: word.bottom + below });
    runs.push(...read.runs.map(run => run.map(drop)));
    if (zone.length === 0) zone.push(...read.zone);
    below += image.height;
  }
  return { source: 'ocr' as const, runs, zone };
}

/** The text layer's runs, which PDF writers make of words or of whole lines. */
async function textLayer(page: Page): Promise<Word[][]> {
  const viewport = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  const runs: Word[][] = [];
  for (const item of items.slice(0, maxWords)) {
    if (!('str' in item) || item.str.trim() === '') continue;
    const [left, bottom] = viewport.convertToViewportPoint(item.transform[4], item.transform[5]) as [number, number];
    const place = { left, right: left + item.width, top: bottom - item.height, bottom };
    runs.push([{ text: item.str.trim(), ...place, confidence: 1 }]);
  }
  return runs;
}

/** What a text layer says is what it says: as many readings as it takes, and they agree. */
function textZone(lines: readonly string[]): string[][] {
  const zone = lines.filter(looksLikeZone).map(zoneLine);
  return zone.length === 0 ? [] : [zone, zone, zone];
}

/** The largest pictures on a page, in their order. */
async function pictures(page: Page): Promise<RawImage[]> {
  const { OPS } = await getResolvedPDFJS();
  const { fnArray, argsArray } = await page.getOperatorList();
  const found: RawImage[] = [];
  for (const [i, operator] of fnArray.entries()) {
    const isPicture = [OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject].includes(
      operator,
    );
    const image = isPicture ? toRawImage(await imageOf(page, argsArray[i]?.[0])) : undefined;
    if (image && image.width * image.height >= minPicturePixels) found.push(image);
  }
  const bySize = found.toSorted((a, b) => b.width * b.height - a.width * a.height).slice(0, maxPicturesPerPage);
  return found.filter(image => bySize.includes(image));
}

/** An image is in the list itself or there by its name. */
async function imageOf(page: Page, image: unknown): Promise<unknown> {
  const name = typeof image === 'string' ? image : (image as { data?: unknown } | undefined)?.data;
  if (typeof name !== 'string') return image;
  const objects = name.startsWith('g_') ? page.commonObjs : page.objs;
  const data: unknown = await new Promise(resolve => void objects.get(name, resolve));
  return typeof image === 'string' ? data : { ...(image as object), ...(data as object) };
}

function toRawImage(image: unknown): RawImage | undefined {
  const { data, width, height } = (image ?? {}) as { data?: unknown; width?: number; height?: number };
  if (!ArrayBuffer.isView(data) || !width || !height) return undefined;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const pixels = width * height;
  for (const channels of [1, 3, 4] as const)
    if (bytes.length === channels * pixels) return { data: bytes, width, height, channels };
  const rowBytes = Math.ceil(width / 8);
  if (bytes.length !== rowBytes * height) return undefined;
  // A bit a pixel, 1 for white.
  const grey = new Uint8Array(pixels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (((bytes[y * rowBytes + (x >> 3)] as number) >> (7 - (x & 7))) & 1) grey[y * width + x] = 255;
  return { data: grey, width, height, channels: 1 };
}
