import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflate } from 'node:zlib';
import type { ExamineRequest } from '../../../workers/verification/examination.ts';
import { OcrEngine } from '../../../workers/verification/ocr-engine.ts';
import { OcrPool, type OcrPoolOptions } from '../../../workers/verification/ocr-pool.ts';
import { preparePage } from '../../../workers/verification/page-image.ts';
import { certificateLines, drawCertificate, drawPage, writePdf } from './documents.ts';

const request: ExamineRequest = {
  type: 'certification',
  holder: { fullName: 'Maria Lopez' },
  rules: {},
  metadata: {},
  now: new Date('2026-11-26T12:00:00Z'),
};

describe('the OCR pool', function () {
  this.timeout(60_000);
  let pool: OcrPool;
  let page: Buffer;
  let pdf: Buffer;
  const open = (options: OcrPoolOptions = {}) => (pool = new OcrPool(options));

  before(async () => {
    page = await drawCertificate();
    pdf = await writePdf([certificateLines()]);
  });
  afterEach(() => pool.close());

  it('leaves the event loop to others while it reads', async () => {
    open();
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const checks = await pool.check('png', page, request);
    clearInterval(counting);
    assert.ok(turns > 100, `${turns} turns`);
    assert.equal(checks.find(({ name }) => name === 'expiry')?.outcome, 'pass');
  });

  it('ends a file that unpacks to more than it may', async () => {
    open({ maxGrowthBytes: 192 * 1024 ** 2 });
    await pool.check('pdf', pdf, request);
    await assert.rejects(pool.check('pdf', await bombPdf(600), request), { reason: 'reading_too_big' });
    assert.ok((await pool.check('pdf', pdf, request)).length > 0);
  });

  it('ends a file that takes longer than it may', async () => {
    open({ timeoutMs: 1 });
    await assert.rejects(pool.check('png', page, request), { name: 'Unreadable', reason: 'reading_timed_out' });
  });

  it('ends what is aborted, whether begun or waiting, and does the rest', async () => {
    open();
    const [begun, waiting] = [new AbortController(), new AbortController()];
    const results = [
      pool.check('png', page, request, begun.signal),
      pool.check('png', page, request, waiting.signal),
      pool.check('pdf', pdf, request),
    ] as const;
    waiting.abort(new Error('not wanted'));
    await assert.rejects(results[1], /not wanted/);
    begun.abort(new Error('enough'));
    await assert.rejects(results[0], /enough/);
    assert.ok((await results[2]).length > 0);
    await assert.rejects(pool.check('pdf', pdf, request, AbortSignal.abort(new Error('before'))), /before/);
  });

  it('ends at close what is under way, and takes nothing more', async () => {
    open();
    const busy = pool.check('png', page, request);
    const closed = assert.rejects(busy, /the pool (was|is) closed/);
    await pool.close();
    await closed;
    await assert.rejects(pool.check('pdf', pdf, request), /the pool is closed/);
  });

  it('reads on where its engine starts afresh: after so many pages, and after one that took too long', async () => {
    open();
    const small = await preparePage(await drawPage(500, 120, [{ text: 'Valid until 2031', x: 20, y: 70, size: 40 }]));
    const texts = async (engine: OcrEngine) => (await engine.readPage(small)).runs.flat().map(word => word.text);
    const engine = new OcrEngine({ pagesPerStart: 1 });
    for (let i = 0; i < 2; i++) assert.deepEqual(await texts(engine), ['Valid', 'until', '2031']);
    engine.close();
    const hasty = new OcrEngine({ pageTimeoutMs: 1 });
    for (let i = 0; i < 2; i++) await assert.rejects(texts(hasty), { reason: 'reading_timed_out' });
  });
});

/** A PDF of a page whose content is so many megabytes of blanks. */
async function bombPdf(megabytes: number): Promise<Buffer> {
  const blanks = Buffer.alloc(1024 ** 2, ' ');
  const deflated = Readable.from(Array.from({ length: megabytes }, () => blanks)).pipe(createDeflate({ level: 1 }));
  const content = await buffer(deflated);
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<>>>>',
  ].map((body, i) => `${i + 1} 0 obj${body}endobj\n`);
  const start = `%PDF-1.4\n${objects.join('')}4 0 obj<</Length ${content.length}/Filter/FlateDecode>>stream\n`;
  const end = '\nendstream endobj\ntrailer<</Root 1 0 R>>\n';
  return Buffer.concat([Buffer.from(start), content, Buffer.from(end)]);
}
