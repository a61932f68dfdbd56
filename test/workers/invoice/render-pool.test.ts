import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { renderInvoice } from '../../../workers/invoice/render-invoice.ts';
import { RenderPool } from '../../../workers/invoice/render-pool.ts';
import { sampleInvoice, sampleLines } from './sample-invoice.ts';

describe('the render pool', () => {
  let pool: RenderPool;
  before(() => {
    pool = new RenderPool({ threads: 2 });
  });
  after(() => pool.close());

  it('gives the bytes that renderInvoice gives, many at once', async () => {
    const documents = [1, 2, 3, 4, 5, 6].map(n => sampleInvoice({ number: `INV-${n}`, lines: sampleLines(n) }));
    const pdfs = await Promise.all(documents.map(document => pool.render(document)));
    assert.deepEqual(
      pdfs.map(pdf => Buffer.from(pdf)),
      documents.map(document => Buffer.from(renderInvoice(document))),
    );
  });

  it('gives up a long document when it is aborted, and renders the next', async () => {
    const controller = new AbortController();
    const long = pool.render(sampleInvoice({ lines: sampleLines(1_000) }), { signal: controller.signal });
    controller.abort(new Error('cancelled'));
    await assert.rejects(long, /cancelled/);
    assert.ok((await pool.render(sampleInvoice())).length > 0);
  });

  it('lets the process end while its threads are idle, closed or not', () => {
    const path = (file: string) => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));
    const program = `
      import { RenderPool } from ${path('../../../workers/invoice/render-pool.ts')};
      import { sampleInvoice } from ${path('./sample-invoice.ts')};
      const pool = new RenderPool({ threads: 1 });
      console.log((await pool.render(sampleInvoice())).length);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 15_000 });
    assert.equal(Number(printed), renderInvoice(sampleInvoice()).length);
  });
});
