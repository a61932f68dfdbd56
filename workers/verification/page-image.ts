import sharp, { type Sharp } from 'sharp';
import { Unreadable } from './unreadable.ts';

/** A page as the text recognition likes it: upright as far as its EXIF says, grey, of about 150 dpi if it is an A4 page. */
export interface PageImage {
  bytes: Buffer;
  width: number;
  height: number;
}

/** Pixels without a file around them, as they come out of a PDF. */
export interface RawImage {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 1 | 3 | 4;
}

/** A camera's full picture; 900 megapixels of white fit in a few kilobytes. */
const maxPixels = 50_000_000;
const decodeTimeoutS = 20;
/** The long side, in pixels: that of A4 at 154 dpi. Pictures below half of it are doubled. */
const longSide = 1_800;
/** What a vision model is shown. */
const modelLongSide = 1_024;

/** Throws `Unreadable`. */
export async function preparePage(source: Uint8Array | RawImage, turnedBy = 0): Promise<PageImage> {
  return decode(source, (image, size) => {
    const enlarged = size < longSide / 2 ? 2 * size : size;
    const side = Math.min(longSide, enlarged);
    // A slight blur takes the noise out, without which a noisy page costs tens of seconds and reads as rubbish.
    const page = image.rotate(turnedBy).flatten({ background: '#fff' }).greyscale();
    return asPage(page.resize({ width: side, height: side, fit: 'inside' }).blur(1));
  });
}

/** A JPEG for a vision model, without metadata. Throws `Unreadable`. */
export async function preparePicture(source: Uint8Array): Promise<Buffer> {
  const { bytes } = await decode(source, image =>
    image
      .flatten({ background: '#fff' })
      .resize({ width: modelLongSide, height: modelLongSide, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 85 }),
  );
  return bytes;
}

/** Quarter turns and crops don't fail: their input is our own. */
export async function turn({ bytes }: PageImage, degrees: number): Promise<PageImage> {
  return output(asPage(sharp(bytes).rotate(degrees)));
}

/** The same picture, so many pixels wide. */
export async function scaleTo({ bytes }: PageImage, width: number): Promise<PageImage> {
  return output(asPage(sharp(bytes).resize({ width })));
}

/** One channel, hardly compressed: it goes no further than Tesseract. */
function asPage(image: Sharp): Sharp {
  return image.toColourspace('b-w').png({ compressionLevel: 1 });
}

/**
 * The quarter turns to try, the likeliest first. Lines of text make rows of pixels differ from the rows beside them, more so
 * than columns; whether they stand on their heads doesn't show.
 */
export async function turnsToTry({ bytes }: PageImage): Promise<readonly number[]> {
  const small = sharp(bytes).resize({ width: 600, height: 600, fit: 'inside' });
  const { data, info } = await small.raw().toBuffer({ resolveWithObject: true });
  const rows = new Float64Array(info.height);
  const columns = new Float64Array(info.width);
  for (let y = 0; y < info.height; y++)
    for (let x = 0; x < info.width; x++) {
      const grey = data[(y * info.width + x) * info.channels] as number;
      rows[y] = (rows[y] as number) + grey / info.width;
      columns[x] = (columns[x] as number) + grey / info.height;
    }
  return roughness(rows) >= roughness(columns) ? [0, 180, 90, 270] : [90, 270, 0, 180];
}

function roughness(profile: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < profile.length; i++) sum += ((profile[i] as number) - (profile[i - 1] as number)) ** 2;
  return sum / profile.length;
}

async function decode(
  source: Uint8Array | RawImage,
  work: (image: Sharp, longSide: number) => Sharp,
): Promise<PageImage> {
  const limits = { limitInputPixels: maxPixels, failOn: 'truncated', sequentialRead: true } as const;
  try {
    if (!(source instanceof Uint8Array)) {
      const { data, width, height, channels } = source;
      const image = sharp(data, { ...limits, raw: { width, height, channels } });
      return await output(work(image, Math.max(width, height)));
    }
    const image = sharp(source, limits);
    const { width, height } = await image.metadata();
    return await output(work(image.autoOrient(), Math.max(width, height)));
  } catch (error) {
    if (/pixel limit/i.test(String(error))) throw new Unreadable('too_many_pixels', { cause: error });
    if (/timeout/i.test(String(error))) throw new Unreadable('reading_timed_out', { cause: error });
    throw new Unreadable('corrupt_file', { cause: error });
  }
}

async function output(image: Sharp): Promise<PageImage> {
  const { data, info } = await image.timeout({ seconds: decodeTimeoutS }).toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}
