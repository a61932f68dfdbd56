// A process apart: prints the SHA-256 of each of the documents that it is given as JSON, rendered in turn.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { InvoiceDocument } from '../../../shared/invoice-document.ts';
import { renderInvoice } from '../../../workers/invoice/render-invoice.ts';

for (const document of JSON.parse(readFileSync(0, 'utf8')) as InvoiceDocument[])
  console.log(createHash('sha256').update(renderInvoice(document)).digest('hex'));
