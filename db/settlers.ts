import { userExport } from '../shared/jobs/export.ts';
import { invoicePdf } from '../shared/jobs/invoice-pdf.ts';
import { notification } from '../shared/jobs/notification.ts';
import { paymentEvent } from '../shared/jobs/payment-event.ts';
import { refund } from '../shared/jobs/refund.ts';
import { transfer } from '../shared/jobs/transfer.ts';
import { transferReversal } from '../shared/jobs/transfer-reversal.ts';
import { verification } from '../shared/jobs/verification.ts';
import { settleInvoicePdf } from './core/settle-invoice-pdf.ts';
import { settleNotification, settleWaitingNotifications } from './fieldservice/settle-notification.ts';
import { settleExport } from './marketplace/settle-export.ts';
import { settlePaymentEvent } from './marketplace/settle-payment-event.ts';
import { settleRefundJob } from './marketplace/settle-refund.ts';
import { settleTransfer } from './marketplace/settle-transfer.ts';
import { settleTransferReversal } from './marketplace/settle-transfer-reversal.ts';
import { settleVerification } from './workforce/settle-verification.ts';
import type { Settler, Settlers } from './settle.ts';

/** The only list of what the end of a job means for its domain row. Takes the configuration: a settler may make further jobs. */
export function loadSettlers(config: { transferRetryEnabled: boolean }): Settlers {
  const transferRules = { retryEnabled: config.transferRetryEnabled };
  return new Map<string, Settler>([
    [transfer.kind, settleTransfer(transferRules)],
    [transferReversal.kind, settleTransferReversal(transferRules)],
    [paymentEvent.kind, settlePaymentEvent],
    [refund.kind, settleRefundJob(transferRules)],
    [invoicePdf.kind, inTurn(settleInvoicePdf, settleWaitingNotifications)],
    [notification.kind, settleNotification],
    [userExport.kind, settleExport],
    [verification.kind, settleVerification],
  ]);
}

/** One job may mean something for rows of several areas. */
function inTurn(...settlers: Settler[]): Settler {
  return async (tx, job, settlement) => {
    for (const settle of settlers) await settle(tx, job, settlement);
  };
}
