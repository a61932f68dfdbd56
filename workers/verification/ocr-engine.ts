import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createWorker, type RecognizeOptions, type Worker } from 'tesseract.js';
import { type PageImage, scaleTo, turn, turnsToTry } from './page-image.ts';
import { meanConfidence, type Word } from './reading.ts';
import { Unreadable } from './unreadable.ts';
import { looksLikeZone, zoneLine } from './zone-lines.ts';

export interface OcrPage {
  /** By lines. */
  runs: Word[][];
  /** Readings of the machine-readable zone, each its lines; none without one. */
  zone: string[][];
}

interface Recognised {
  runs: Word[][];
  /** The skew that was taken out before the words got their places. */
  rotateRadians: number;
}

const dataFolder = dirname(createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json'));

/** Without it Tesseract guesses a resolution, and says so on stderr, page by page. */
const quiet = { user_defined_dpi: '150' };

/** A page that reads so well is upright. */
const uprightConfidence = 0.75;
/** Turning goes on for no longer than this: rubbish takes longer than a page of text. */
const turningMs = 60_000;
/** The widths, in pixels, at which a zone is read: it comes out best small, and readings that agree vouch for each other. */
const zoneWidths = [600, 800, 1_000];
const zoneSettings = {
  tessedit_char_whitelist: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<',
  // One block of text.
  tessedit_pageseg_mode: '6',
};

/**
 * Tesseract in a thread of its own, started with the first page and kept. Its memory grows with the largest page and is
 * never given back, so it starts afresh after `pagesPerStart`.
 */
export class OcrEngine {
  readonly #pageTimeoutMs: number;
  readonly #pagesPerStart: number;
  #worker: Promise<Worker> | undefined;
  #pages = 0;

  constructor({ pageTimeoutMs = 60_000, pagesPerStart = 25 } = {}) {
    this.#pageTimeoutMs = pageTimeoutMs;
    this.#pagesPerStart = pagesPerStart;
  }

  /** Reads a page whichever way up it is, and its machine-readable zone again by itself. Throws `Unreadable`. */
  async readPage(image: PageImage): Promise<OcrPage> {
    if (this.#pages++ >= this.#pagesPerStart) this.close();
    const { upright, recognised } = await this.#readUpright(image);
    return { runs: recognised.runs, zone: await this.#readZone(upright, recognised) };
  }

  async #readUpright(image: PageImage): Promise<{ upright: PageImage; recognised: Recognised }> {
    const startedMs = performance.now();
    let best: { upright: PageImage; recognised: Recognised; confidence: number } | undefined;
    for (const degrees of await turnsToTry(image)) {
      const upright = degrees === 0 ? image : await turn(image, degrees);
      const recognised = await this.#recognise(upright, { rotateAuto: true });
      const confidence = meanConfidence(recognised.runs.flat());
      if (!best || confidence > best.confidence) best = { upright, recognised, confidence };
      if (confidence >= uprightConfidence || performance.now() - startedMs > turningMs) break;
    }
    return best as NonNullable<typeof best>;
  }

  async #readZone(page: PageImage, { runs, rotateRadians }: Recognised): Promise<string[][]> {
    const lines = runs.filter(run => looksLikeZone(textOf(run)));
    const words = lines.flat();
    if (words.length === 0) return [];
    const [left, right] = [Math.min(...words.map(word => word.left)), Math.max(...words.map(word => word.right))];
    const [top, bottom] = [Math.min(...words.map(word => word.top)), Math.max(...words.map(word => word.bottom))];
    const height = Math.max(...words.map(word => word.bottom - word.top));
    // Much more than the letters confuses it. Beside a line that stands alone is another that wasn't recognised as one.
    const beside = 0.4 * height;
    const above = lines.length === 1 ? 2.2 * height : beside;
    const readings = [lines.map(textOf).map(zoneLine)];
    for (const width of zoneWidths) {
      const scale = width / (right - left);
      const scaled = await scaleTo(page, Math.round(page.width * scale));
      const x = Math.max(0, Math.floor((left - beside) * scale));
      const y = Math.max(0, Math.floor((top - above) * scale));
      const rectangle = {
        left: x,
        top: y,
        width: Math.min(scaled.width, Math.ceil((right + beside) * scale)) - x,
        height: Math.min(scaled.height, Math.ceil((bottom + above) * scale)) - y,
      };
      const zone = await this.#recognise(scaled, { ...zoneSettings, rotateRadians, rectangle });
      readings.push(zone.runs.map(textOf).filter(looksLikeZone).map(zoneLine));
    }
    return readings;
  }

  async #recognise({ bytes }: PageImage, options: Partial<RecognizeOptions>): Promise<Recognised> {
    const recognise = async () => {
      const starting = (this.#worker ??= startWorker());
      const worker = await starting;
      // One that was given up while it started must not be asked: its errors would be nobody's.
      if (this.#worker !== starting) throw new Unreadable('reading_timed_out');
      return worker.recognize(bytes, { ...options, ...quiet }, { text: false, blocks: true });
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Unreadable('reading_timed_out')), this.#pageTimeoutMs);
    });
    try {
      const { data } = await Promise.race([recognise(), late]);
      const lines = (data.blocks ?? []).flatMap(block => block.paragraphs).flatMap(paragraph => paragraph.lines);
      const runs = lines.map(line =>
        line.words.map(({ text, confidence, bbox }) => {
          return { text, left: bbox.x0, right: bbox.x1, top: bbox.y0, bottom: bbox.y1, confidence: confidence / 100 };
        }),
      );
      return { runs, rotateRadians: data.rotateRadians ?? 0 };
    } catch (error) {
      // One that is late is still at it, and one that failed is not to be trusted.
      this.close();
      throw error instanceof Unreadable ? error : new Unreadable('ocr_failed', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the thread; the next page starts another. */
  close(): void {
    // One that never started has nothing to end.
    void this.#worker?.then(
      worker => worker.terminate(),
      () => {},
    );
    this.#worker = undefined;
    this.#pages = 0;
  }
}

function startWorker(): Promise<Worker> {
  return createWorker('eng', 1, {
    langPath: join(dataFolder, '4.0.0_best_int'),
    cacheMethod: 'none',
    gzip: true,
    // Errors come with the promises; without this they are thrown a second time, and end the thread.
    errorHandler: () => {},
  });
}

function textOf(run: readonly Word[]): string {
  return run.map(word => word.text).join('');
}
