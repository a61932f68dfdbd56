import type { z } from 'zod';
import {
  type InvoiceDocument,
  invoiceDocument,
  type InvoiceLine,
  invoiceTotals,
} from '../../../shared/invoice-document.ts';

/** A line of an invoice: €10.01 for the first, a cent more for each after it, at two rates in turn. */
export function sampleLine(index: number, changes: Partial<InvoiceLine> = {}): InvoiceLine {
  const grossCents = 1_001 + index;
  const taxRate = index % 2 === 0 ? 0.23 : 0.08;
  return {
    description: `Item-${index}.`,
    sellerName: 'Vintage Strings',
    quantity: 1,
    unitGrossCents: grossCents,
    grossCents,
    taxRate,
    ...changes,
  };
}

export const sampleLines = (count: number) => Array.from({ length: count }, (_, index) => sampleLine(index));

/** A paid invoice of three lines, or what the changes make of it; its amounts follow from its lines. */
export function sampleInvoice(changes: Partial<z.input<typeof invoiceDocument>> = {}): InvoiceDocument {
  const lines = changes.lines ?? sampleLines(3);
  return invoiceDocument.parse({
    kind: 'invoice',
    number: 'INV-2026-000042',
    issuedOn: '2026-03-05',
    suppliedOn: '2026-03-04',
    currency: 'EUR',
    issuer: { name: 'Millrace & Sons', addressLines: ['12 Weir Lane', 'Dublin'], taxId: 'IE 1234567 A' },
    buyer: { name: 'Zażółć Gęślą Jaźń', addressLines: ['ul. Świętokrzyska 12', 'Warszawa'], email: 'z@example.pl' },
    paid: { on: '2026-03-05', method: 'card', reference: 'pi_123' },
    ...changes,
    lines,
    ...invoiceTotals(lines),
  });
}
