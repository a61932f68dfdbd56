import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import { type InvoiceDocument, invoiceDocument, invoiceTotals } from '../../shared/invoice-document.ts';
import { renderInvoice } from '../../workers/invoice/render-invoice.ts';
import { RenderPool } from '../../workers/invoice/render-pool.ts';
import { median } from './percentile.ts';

const invoices = 200;
const rounds = 3;
const fontNames = { regular: 'DejaVuSansCondensed', bold: 'DejaVuSansCondensed-Bold' };

/** What draws: the calls to PDFKit that make a page, without what decided where everything stands. */
const drawing = ['font', 'fontSize', 'fillColor', 'text', 'rect', 'roundedRect', 'fill'] as const;
type Call = [method: (typeof drawing)[number], args: unknown[]];
type Canvas = Record<Call[0], (...args: unknown[]) => unknown>;

/**
 * One-page invoices of 20 lines a second, through the pool with one and two threads, against a bare PDFKit loop that
 * draws the same texts at the same places, tagged as well, with the same fonts parsed once by fontkit.
 */
export async function measureInvoices(): Promise<unknown> {
  const documents = Array.from({ length: invoices }, (_, n) => sampleInvoice(n));
  const fonts = { regular: parse(fontNames.regular), bold: parse(fontNames.bold) };
  const drawings = documents.map(record);
  const pools = [1, 2].map(threads => new RenderPool({ threads }));
  const bare = async () => {
    for (const calls of drawings) await drawBare(calls, fonts);
  };
  const contestants = [bare, ...pools.map(pool => () => Promise.all(documents.map(document => pool.render(document))))];
  const speeds: number[][] = contestants.map(() => []);
  try {
    for (let round = -1; round < rounds; round++) {
      // Round −1 warms up; every second runs backwards, so that what wears the machine favours nobody.
      const order = [...contestants.keys()];
      for (const index of round % 2 === 0 ? order : order.toReversed()) {
        const startedMs = performance.now();
        await contestants[index]?.();
        if (round >= 0) speeds[index]?.push((invoices * 1_000) / (performance.now() - startedMs));
      }
    }
  } finally {
    await Promise.all(pools.map(pool => pool.close()));
  }
  const [bareSpeed, oneThread, twoThreads] = speeds.map(median) as [number, number, number];
  console.log(`bare PDFKit: ${bareSpeed.toFixed(0)} invoices/s`);
  console.log(`one thread: ${oneThread.toFixed(0)} invoices/s, ${(oneThread / bareSpeed).toFixed(2)} of bare`);
  console.log(`two threads: ${twoThreads.toFixed(0)} invoices/s, ${(twoThreads / oneThread).toFixed(2)} of one`);
  return { bareSpeed, oneThread, twoThreads, ofBare: oneThread / bareSpeed, scaling: twoThreads / oneThread };
}

function sampleInvoice(n: number): InvoiceDocument {
  const words = ['Electric guitar', 'Walnut', 'Tube amplifier, serviced', 'Strings', 'Λύρα', 'Pokrowiec żółty'];
  const lines = Array.from({ length: 20 }, (_, i) => {
    const unitGrossCents = 499 + ((n * 7_919 + i * 104_729) % 250_000);
    const quantity = 1 + ((n + i) % 3);
    return {
      description: `${words[(n + i) % words.length]} no. ${n * 20 + i}`,
      sellerName: `Workshop ${(n * 3 + i) % 50}`,
      quantity,
      unitGrossCents,
      grossCents: quantity * unitGrossCents,
      taxRate: i % 4 === 0 ? 0.08 : 0.23,
    };
  });
  return invoiceDocument.parse({
    kind: 'invoice',
    number: `INV-2026-${String(n).padStart(6, '0')}`,
    issuedOn: '2026-03-05',
    currency: 'EUR',
    issuer: { name: 'Millrace Market', addressLines: ['12 Weir Lane', 'Dublin'], taxId: 'IE 1234567 A' },
    buyer: { name: `Buyer ${n}`, addressLines: [`${n} Sluice Street`, 'Gdańsk'], email: `buyer${n}@example.com` },
    lines,
    ...invoiceTotals(lines),
    paid: { on: '2026-03-05', method: 'card', reference: `pi_${n}` },
  });
}

/** The drawing calls that our own renderer makes for a document. */
function record(document: InvoiceDocument): Call[] {
  const calls: Call[] = [];
  const canvas = PDFDocument.prototype as unknown as Canvas;
  const originals = drawing.map(method => [method, canvas[method]] as const);
  for (const [method, original] of originals) {
    canvas[method] = function (...args) {
      calls.push([method, args]);
      return original.apply(this, args);
    };
  }
  try {
    renderInvoice(document);
  } finally {
    for (const [method, original] of originals) canvas[method] = original;
  }
  return calls;
}

async function drawBare(calls: Call[], fonts: Record<keyof typeof fontNames, Font>): Promise<Buffer> {
  const doc = new PDFDocument({ size: 'A4', margin: 0, pdfVersion: '1.7', tagged: true, lang: 'en', font: '' });
  doc.registerFont('regular', fonts.regular).registerFont('bold', fonts.bold);
  const canvas = doc as unknown as Canvas;
  const root = doc.struct('Document');
  doc.addStructure(root);
  for (const [method, args] of calls) {
    if (method === 'text') root.add(doc.struct('P', {}, () => canvas.text(...args)));
    else canvas[method](...args);
  }
  doc.end();
  const chunks: Buffer[] = [];
  for await (const chunk of doc) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(name: string): Font {
  return create(readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))) as Font;
}
