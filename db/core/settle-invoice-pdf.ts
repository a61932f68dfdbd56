import { invoicePdf as spec } from '../../shared/jobs/invoice-pdf.ts';
import type { Settler } from '../settle.ts';
import { raiseAlert } from './alerts.ts';
import { keepInvoiceFile } from './invoices.ts';

/** What the end of an `invoice-pdf` job means: the invoice has its file, or nobody can have it until somebody looks. */
export const settleInvoicePdf: Settler = async (tx, job, settlement) => {
  const { invoiceId } = spec.payload.parse(job.payload);
  if (settlement.state === 'succeeded') {
    const { fileKey, sha256, sizeBytes } = spec.result.parse(settlement.result);
    await keepInvoiceFile(tx, invoiceId, { fileKey, sha256, sizeBytes });
  } else if (settlement.state === 'failed') {
    await raiseAlert(tx, { kind: 'invoice_not_rendered', subject: invoiceId, details: { ...settlement.fault } });
  }
};
