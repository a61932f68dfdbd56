import { findInvoice, getInvoice, type InvoiceRow } from '../db/core/invoices.ts';
import { insertJob } from '../db/insert-job.ts';
import { invoicePdf } from '../shared/jobs/invoice-pdf.ts';
import type { Reply, RouteRequest } from './route.ts';

const waitMs = 10_000;

/**
 * An invoice's PDF, always the same bytes. One that isn't drawn yet, or that the store has lost, is drawn now: the answer
 * waits up to ten seconds for that, then says 202 and where to look, in the surface's words. Null if nothing was invoiced.
 */
export async function replyWithInvoice(
  request: RouteRequest,
  about: Pick<InvoiceRow, 'area' | 'kind' | 'subject'>,
  later: (jobId: string) => { location: string; body: unknown },
): Promise<Reply | null> {
  const { db, edge, signal } = request;
  const invoice = await findInvoice(db, about);
  if (!invoice) return null;
  const ready = await stream(request, invoice);
  if (ready) return ready;
  const { id: jobId } = await request.transact(tx =>
    insertJob(tx, invoicePdf, { invoiceId: invoice.id }, orderOf(request, invoice)),
  );
  await edge.watcher.until(jobId, { timeoutMs: waitMs, signal });
  const drawn = await getInvoice(db, invoice.id);
  const reply = drawn && (await stream(request, drawn));
  if (reply) return reply;
  const { location, body } = later(jobId);
  return { status: 202, headers: { location, 'retry-after': '5' }, body };
}

async function stream({ edge, headers, signal }: RouteRequest, invoice: InvoiceRow): Promise<Reply | null> {
  const { fileKey, sha256, label } = invoice;
  if (fileKey === null) return null;
  const etag = `"${sha256}"`;
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  const file = await edge.ports.files.read(fileKey, undefined, signal);
  if (!file) return null;
  return {
    status: 200,
    headers: {
      'content-type': 'application/pdf',
      'content-length': String(file.sizeBytes),
      'content-disposition': `inline; filename="${label}.pdf"`,
      'cache-control': 'private, no-cache',
      etag,
    },
    body: file.stream,
  };
}

function orderOf({ requestId, traceparent: trace }: RouteRequest, { owner }: InvoiceRow) {
  return { owner, requestId, trace };
}
