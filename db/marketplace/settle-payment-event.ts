import { paymentEvent as spec } from '../../shared/jobs/payment-event.ts';
import { raiseAlert } from '../core/alerts.ts';
import type { Settler } from '../settle.ts';

/**
 * What the end of a `payment-event` job means: one that failed for good leaves an event that nobody has acted on. Payments
 * and refunds are reconciled, disputes are not; either way a person must look, and may have the job tried again.
 */
export const settlePaymentEvent: Settler = async (tx, job, settlement) => {
  if (settlement.state !== 'failed') return;
  const { eventId } = spec.payload.parse(job.payload);
  await raiseAlert(tx, { kind: 'webhook_not_handled', subject: eventId, details: { ...settlement.fault } });
};
