import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { create, type Font } from 'fontkit';
import sharp from 'sharp';
import { OcrPool } from '../../workers/verification/ocr-pool.ts';
import { median } from './percentile.ts';

const pages = 20;
/** A4 at 150 dpi. */
const [width, height] = [1_240, 1_754];

/**
 * Seconds for an A4 page of 50 lines, from its PNG to the checks of what it says; meanwhile the delay of the event loop beside
 * it, which is what heartbeats and other jobs feel, and the process's memory before and after.
 */
export async function measureOcr(): Promise<unknown> {
  const page = await drawPage();
  const pool = new OcrPool();
  const request = { type: 'certification', holder: { fullName: 'John Harrison' }, rules: {}, metadata: {} } as const;
  const read = async () => {
    const startedMs = performance.now();
    await pool.check('png', page, { ...request, now: new Date() });
    return (performance.now() - startedMs) / 1_000;
  };
  try {
    const firstS = await read();
    const rssBeforeMb = rssMb();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const seconds: number[] = [];
    const cpuBefore = process.cpuUsage();
    for (let i = 0; i < pages; i++) seconds.push(await read());
    delay.disable();
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpuS = (user + system) / 1e6 / pages;
    const rssAfterMb = rssMb();
    const [p99Ms, maxMs] = [delay.percentile(99) / 1e6, delay.max / 1e6];
    const medianS = median(seconds);
    const maxS = Math.max(...seconds);
    console.log(
      `a page: ${medianS.toFixed(1)} s, at most ${maxS.toFixed(1)} s; the first, with the start, ${firstS.toFixed(1)} s`,
    );
    console.log(`of a core's time a page takes ${cpuS.toFixed(1)} s`);
    console.log(`event loop delay meanwhile: p99 ${p99Ms.toFixed(1)} ms, at most ${maxMs.toFixed(1)} ms`);
    console.log(`memory: ${rssBeforeMb.toFixed(0)} MB after one page, ${rssAfterMb.toFixed(0)} MB after ${pages} more`);
    return { firstS, medianS, maxS, cpuS, p99Ms, maxMs, rssBeforeMb, rssAfterMb };
  } finally {
    await pool.close();
  }
}

function rssMb(): number {
  return process.memoryUsage.rss() / 1024 ** 2;
}

/** Letters as paths: no font of the machine's is needed. */
function drawPage(): Promise<Buffer> {
  const file = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  const font = create(readFileSync(file)) as Font;
  const scale = 19 / font.unitsPerEm;
  const lines = Array.from({ length: 50 }, (_, line) => {
    let x = 110;
    const text = `${line}. The holder has shown knowledge of hygiene and storage; valid until ${(line % 28) + 1} March 2031.`;
    const glyphs = font.layout(text).glyphs.map(glyph => {
      const place = `translate(${x},${150 + line * 30}) scale(${scale},${-scale})`;
      x += glyph.advanceWidth * scale;
      return `<path transform="${place}" d="${glyph.path.toSVG()}"/>`;
    });
    return glyphs.join('');
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${lines.join('')}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#fff' }).png().toBuffer();
}
