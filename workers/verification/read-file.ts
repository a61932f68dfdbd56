import type { OcrEngine } from './ocr-engine.ts';
import { preparePage } from './page-image.ts';
import { readPdf } from './read-pdf.ts';
import { linesOf, meanConfidence, type Reading } from './reading.ts';

export type FileKind = 'pdf' | 'jpeg' | 'png';

/** Reads what a file says. Throws `Unreadable`. */
export async function readFile(kind: FileKind, bytes: Uint8Array, engine: OcrEngine): Promise<Reading> {
  if (kind === 'pdf') return readPdf(bytes, engine);
  const { runs, zone } = await engine.readPage(await preparePage(bytes));
  return {
    pageCount: 1,
    lines: linesOf(runs, 1, 'ocr'),
    zones: zone.length === 0 ? [] : [{ page: 1, source: 'ocr', readings: zone }],
    confidence: meanConfidence(runs.flat()),
  };
}
