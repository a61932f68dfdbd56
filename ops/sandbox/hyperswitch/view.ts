import type { Dispute, Payment, Refund } from './rows.ts';

export const merchantId = 'merchant_sandbox';

/** The one "acquirer", by the name of Hyperswitch's own pretended one. */
const connector = 'fauxpay';

/** A payment as Hyperswitch shows it. */
export function renderPayment(payment: Payment): object {
  const { settles: _, created, updated, status, ...fields } = payment;
  const failed = status === 'failed';
  return {
    ...fields,
    merchant_id: merchantId,
    status,
    net_amount: payment.amount,
    amount_capturable: status === 'requires_payment_method' || status === 'processing' ? payment.amount : 0,
    connector: status === 'requires_payment_method' || status === 'cancelled' ? null : connector,
    capture_method: 'automatic',
    error_code: failed ? 'card_declined' : null,
    error_message: failed ? 'Your card was declined.' : null,
    profile_id: 'pro_sandbox',
    created: new Date(created).toISOString(),
    updated: new Date(updated).toISOString(),
  };
}

/** A refund as Hyperswitch shows it. */
export function renderRefund(refund: Refund): object {
  const { settles: _, created_at, updated_at, ...fields } = refund;
  const failed = refund.status === 'failed';
  return {
    ...fields,
    connector,
    error_code: failed ? 'refund_failed' : null,
    error_message: failed ? 'The acquirer refused the refund.' : null,
    profile_id: 'pro_sandbox',
    created_at: new Date(created_at).toISOString(),
    updated_at: new Date(updated_at).toISOString(),
  };
}

/** A dispute as Hyperswitch shows it: its amount, alone among all, is a string. */
export function renderDispute(dispute: Dispute): object {
  return {
    ...dispute,
    amount: String(dispute.amount),
    attempt_id: `${dispute.payment_id}_1`,
    dispute_stage: 'dispute',
    connector,
    connector_status: dispute.dispute_status,
    connector_dispute_id: `faux_${dispute.dispute_id}`,
    connector_reason: 'fraudulent',
    is_already_refunded: false,
    created_at: new Date(dispute.created_at).toISOString(),
    connector_updated_at: new Date(dispute.updated_at).toISOString(),
  };
}
