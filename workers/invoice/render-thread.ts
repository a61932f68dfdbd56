// What each thread of the render pool runs.
import { parentPort } from 'node:worker_threads';
import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import type { Answer } from '../thread-pool.ts';
import { renderInvoice } from './render-invoice.ts';

parentPort?.on('message', (document: InvoiceDocument) => {
  let answer: Answer<Uint8Array>;
  const transfer: ArrayBuffer[] = [];
  try {
    const output = renderInvoice(document);
    answer = { output };
    transfer.push(output.buffer as ArrayBuffer);
  } catch (error) {
    answer = { error };
  }
  parentPort?.postMessage(answer, transfer);
});
