import { orderRulesOf, type OrderRulesConfig } from '../db/marketplace/order-rules.ts';
import type { Catalog } from '../shared/catalog.ts';
import type { AnySpec } from '../shared/job.ts';
import { billingScan as billingScanSpec } from '../shared/jobs/billing-scan.ts';
import { userExport as userExportSpec } from '../shared/jobs/export.ts';
import { invoicePdf as invoicePdfSpec } from '../shared/jobs/invoice-pdf.ts';
import { noop as noopSpec } from '../shared/jobs/noop.ts';
import { noopLocal as noopLocalSpec } from '../shared/jobs/noop-local.ts';
import { notification as notificationSpec } from '../shared/jobs/notification.ts';
import { orderExpansion as orderExpansionSpec } from '../shared/jobs/order-expansion.ts';
import { paymentEvent as paymentEventSpec } from '../shared/jobs/payment-event.ts';
import { refund as refundSpec } from '../shared/jobs/refund.ts';
import { shiftClose as shiftCloseSpec } from '../shared/jobs/shift-close.ts';
import { swapExpiry as swapExpirySpec } from '../shared/jobs/swap-expiry.ts';
import { transfer as transferSpec } from '../shared/jobs/transfer.ts';
import { transferComparison as transferComparisonSpec } from '../shared/jobs/transfer-comparison.ts';
import { transferReversal as transferReversalSpec } from '../shared/jobs/transfer-reversal.ts';
import { verification as verificationSpec } from '../shared/jobs/verification.ts';
import { warrantyNotice as warrantyNoticeSpec } from '../shared/jobs/warranty-notice.ts';
import { warrantyScan as warrantyScanSpec } from '../shared/jobs/warranty-scan.ts';
import { weeklyBilling as weeklyBillingSpec } from '../shared/jobs/weekly-billing.ts';
import type { PortName } from '../shared/ports/ports.ts';
import type { AnyHandler, Handler, Registry } from './handler.ts';
import { billingScan } from './handlers/billing-scan.ts';
import { userExport } from './handlers/export.ts';
import { invoicePdf } from './handlers/invoice-pdf.ts';
import { noop } from './handlers/noop.ts';
import { noopLocal } from './handlers/noop-local.ts';
import { notification } from './handlers/notification.ts';
import type { InviteMailConfig } from './invite-mail.ts';
import { orderExpansion } from './handlers/order-expansion.ts';
import { paymentEvent } from './handlers/payment-event.ts';
import { refund } from './handlers/refund.ts';
import { shiftClose } from './handlers/shift-close.ts';
import { swapExpiry } from './handlers/swap-expiry.ts';
import { transfer } from './handlers/transfer.ts';
import { transferComparison } from './handlers/transfer-comparison.ts';
import { transferReversal } from './handlers/transfer-reversal.ts';
import { verification } from './handlers/verification.ts';
import { warrantyNotice } from './handlers/warranty-notice.ts';
import { warrantyScan } from './handlers/warranty-scan.ts';
import { weeklyBilling } from './handlers/weekly-billing.ts';

/** Ties a handler to its spec; here their types are checked against each other for the last time. */
export function register<Spec extends AnySpec, Names extends PortName>(
  spec: Spec,
  handler: Handler<Spec, Names>,
): [string, AnyHandler] {
  return [spec.kind, handler as unknown as AnyHandler];
}

/** kind → handler: the only list. Takes the configuration: what a paid order comes to depends on it, and where an invite leads. */
export function loadRegistry(config: OrderRulesConfig & InviteMailConfig): Registry {
  return new Map([
    register(noopSpec, noop),
    register(noopLocalSpec, noopLocal),
    register(transferSpec, transfer),
    register(transferReversalSpec, transferReversal),
    register(transferComparisonSpec, transferComparison),
    register(refundSpec, refund),
    register(paymentEventSpec, paymentEvent(orderRulesOf(config))),
    register(invoicePdfSpec, invoicePdf),
    register(warrantyScanSpec, warrantyScan),
    register(warrantyNoticeSpec, warrantyNotice),
    register(userExportSpec, userExport),
    register(notificationSpec, notification(config)),
    register(orderExpansionSpec, orderExpansion),
    register(billingScanSpec, billingScan),
    register(weeklyBillingSpec, weeklyBilling),
    register(verificationSpec, verification),
    register(swapExpirySpec, swapExpiry),
    register(shiftCloseSpec, shiftClose),
  ]);
}

/** Throws unless every kind of the catalog has its handler. */
export function checkRegistry(catalog: Catalog, registry: Registry): void {
  const missing = [...catalog.keys()].filter(kind => !registry.has(kind));
  if (missing.length > 0) throw new Error(`no handler for ${missing.join(', ')}`);
}
