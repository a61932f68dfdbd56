import { z } from 'zod';
import { type InvoiceStanding, weekInvoiceStatuses } from '../../db/workforce/invoices.ts';

export const invoiceStandingSchema = z.strictObject({ invoiceId: z.uuid(), status: z.enum(weekInvoiceStatuses) });

export function viewInvoiceStanding({ id, status }: InvoiceStanding): z.output<typeof invoiceStandingSchema> {
  return { invoiceId: id, status };
}
