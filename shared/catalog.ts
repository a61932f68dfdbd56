import type { AnySpec } from './job.ts';
import { billingScan } from './jobs/billing-scan.ts';
import { userExport } from './jobs/export.ts';
import { invoicePdf } from './jobs/invoice-pdf.ts';
import { noop } from './jobs/noop.ts';
import { noopLocal } from './jobs/noop-local.ts';
import { notification } from './jobs/notification.ts';
import { orderExpansion } from './jobs/order-expansion.ts';
import { paymentEvent } from './jobs/payment-event.ts';
import { refund } from './jobs/refund.ts';
import { shiftClose } from './jobs/shift-close.ts';
import { swapExpiry } from './jobs/swap-expiry.ts';
import { transfer } from './jobs/transfer.ts';
import { transferComparison } from './jobs/transfer-comparison.ts';
import { transferReversal } from './jobs/transfer-reversal.ts';
import { verification } from './jobs/verification.ts';
import { warrantyNotice } from './jobs/warranty-notice.ts';
import { warrantyScan } from './jobs/warranty-scan.ts';
import { weeklyBilling } from './jobs/weekly-billing.ts';

/** kind → spec. */
export type Catalog = ReadonlyMap<string, AnySpec>;

/** Refuses two specs of one kind. */
export function catalogOf(specs: readonly AnySpec[]): Catalog {
  const catalog = new Map<string, AnySpec>();
  for (const spec of specs) {
    if (catalog.has(spec.kind)) throw new TypeError(`job kind "${spec.kind}" is declared twice`);
    catalog.set(spec.kind, spec);
  }
  return catalog;
}

/** Kinds that only echo: for demos and the bench, off in production. */
const echoKinds: readonly AnySpec[] = [noop, noopLocal];

/** The only list of what this system can do. */
export function loadCatalog(options: { echoKinds: boolean }): Catalog {
  return catalogOf([
    ...(options.echoKinds ? echoKinds : []),
    transfer,
    transferReversal,
    transferComparison,
    refund,
    paymentEvent,
    invoicePdf,
    warrantyScan,
    warrantyNotice,
    userExport,
    notification,
    orderExpansion,
    billingScan,
    weeklyBilling,
    verification,
    swapExpiry,
    shiftClose,
  ]);
}
