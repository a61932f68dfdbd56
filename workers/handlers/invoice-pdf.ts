import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { getInvoice } from '../../db/core/invoices.ts';
import { Fault } from '../../shared/fault.ts';
import { invoiceDocument } from '../../shared/invoice-document.ts';
import type { invoicePdf as spec } from '../../shared/jobs/invoice-pdf.ts';
import type { Handler } from '../handler.ts';
import { RenderPool } from '../invoice/render-pool.ts';

/** Of this process; its threads start with the first invoice. */
const pool = new RenderPool({ threads: availableParallelism() });
const maxBytes = 50 * 1024 * 1024;

/**
 * Draws an invoice and stores it under a place of its own, so that a repeat overwrites itself with the same bytes. One whose
 * file is there is left as it is: newer code might draw it otherwise.
 */
export const invoicePdf: Handler<typeof spec, 'files'> = async (ctx, { invoiceId }) => {
  const { files } = ctx.ports;
  const invoice = await ctx.transact(tx => getInvoice(tx, invoiceId));
  if (!invoice) throw new Fault('not_found', 'There is no such invoice.');
  const { fileKey: kept, sha256, sizeBytes } = invoice;
  if (kept !== null && sha256 !== null && sizeBytes !== null && (await files.stat(kept)))
    return { invoiceId, fileKey: kept, sha256, sizeBytes };
  const pdf = await pool.render(invoiceDocument.parse(invoice.document), { signal: ctx.signal });
  if (sha256 !== null && hash('sha256', pdf, 'hex') !== sha256)
    throw new Fault('conflict', 'The invoice would be drawn otherwise than the first time.', {
      reason: 'invoice_changed',
    });
  const fileKey = `invoices/${invoice.year}/${invoiceId}.pdf`;
  const options = { contentType: 'application/pdf', maxBytes, signal: ctx.signal };
  const stored = await files.write(fileKey, pdf, options);
  return { invoiceId, fileKey, sha256: stored.sha256, sizeBytes: stored.sizeBytes };
};
