import type { Alarms } from '../alarms.ts';
import type { Deliveries } from './deliveries.ts';
import { type EventContent, newEvent } from './events.ts';
import type { Faults } from './faults.ts';
import { type Dispute, isOpen, newId, type Payment, type Refund, type Rows } from './rows.ts';
import type { Store } from '../store.ts';
import { renderDispute, renderPayment, renderRefund } from './view.ts';

/** The sandbox's inside. */
export interface World {
  store: Store<Rows>;
  faults: Faults;
  alarms: Alarms;
  deliveries: Deliveries;
  settleAfterMs: number;
  nowMs: () => number;
}

/** The webhook that tells of a payment's new status. */
const paymentEvents = {
  requires_payment_method: null,
  processing: 'payment_processing',
  succeeded: 'payment_succeeded',
  partially_captured: 'payment_captured',
  failed: 'payment_failed',
  cancelled: 'payment_cancelled',
} as const satisfies Record<Payment['status'], string | null>;

/** Lets a new payment settle by itself when its time comes; a restart calls it for every payment that is still open. */
export function awaitPayment(world: World, { payment_id, settles }: Payment): void {
  if (settles === null) return;
  world.alarms.set(`payment ${payment_id}`, settles.at, () => {
    const payment = world.store.get('payments', payment_id);
    if (payment !== undefined && isOpen(payment)) confirmPayment(world, payment, settles.outcome);
  });
}

/** As `awaitPayment`. */
export function awaitRefund(world: World, { refund_id, settles }: Refund): void {
  world.alarms.set(`refund ${refund_id}`, settles.at, () => {
    const refund = world.store.get('refunds', refund_id);
    if (refund?.status === 'pending') settleRefund(world, refund, settles.outcome);
  });
}

/** What the buyer's confirmation comes to. A success captures the whole amount unless told another one. */
export function confirmPayment(
  world: World,
  payment: Payment,
  outcome: 'succeeded' | 'failed' | 'processing',
  amountReceived = payment.amount,
): Payment {
  if (outcome !== 'succeeded') return movePayment(world, payment, { status: outcome });
  const status = amountReceived < payment.amount ? 'partially_captured' : 'succeeded';
  return movePayment(world, payment, { status, amount_received: amountReceived });
}

/** Changes a payment and sends the webhook that tells of it; one line of the log holds both. */
export function movePayment(world: World, payment: Payment, changes: Partial<Payment>): Payment {
  // Receivers order events by `updated`, so it rises even within a millisecond; by two, to leave one for an event made up in between.
  const moved = { ...payment, ...changes, updated: Math.max(world.nowMs(), payment.updated + 2) };
  world.store.put('payments', moved.payment_id, moved);
  const eventType = paymentEvents[moved.status];
  const content: EventContent = { type: 'payment_details', object: renderPayment(moved) };
  if (eventType !== null) announce(world, eventType, content, moved.payment_id);
  return moved;
}

export function settleRefund(world: World, refund: Refund, status: 'succeeded' | 'failed'): Refund {
  const settled: Refund = { ...refund, status, updated_at: Math.max(world.nowMs(), refund.updated_at + 1) };
  world.store.put('refunds', settled.refund_id, settled);
  const content: EventContent = { type: 'refund_details', object: renderRefund(settled) };
  announce(world, `refund_${status}`, content, settled.payment_id);
  return settled;
}

/** The buyer's bank takes the payment back, whole or in part. */
export function openDispute(
  world: World,
  payment: Payment,
  amount = payment.amount_received ?? payment.amount,
): Dispute {
  const now = world.nowMs();
  const { payment_id, currency } = payment;
  const dispute: Dispute = {
    dispute_id: newId('dp'),
    payment_id,
    amount,
    currency,
    dispute_status: 'dispute_opened',
    created_at: now,
    updated_at: now - 1,
  };
  return moveDispute(world, dispute, 'dispute_opened');
}

/** The new status is the webhook's name, too. */
export function moveDispute(world: World, dispute: Dispute, dispute_status: Dispute['dispute_status']): Dispute {
  const moved = { ...dispute, dispute_status, updated_at: Math.max(world.nowMs(), dispute.updated_at + 1) };
  world.store.put('disputes', moved.dispute_id, moved);
  announce(world, dispute_status, { type: 'dispute_details', object: renderDispute(moved) }, moved.payment_id);
  return moved;
}

/** Puts a webhook on record beside what was put before it, commits all of it and begins to send. Answers the event's id. */
export function announce(
  world: World,
  eventType: string,
  content: EventContent,
  paymentId: string | null,
  eventId?: string,
): string {
  const event = newEvent(eventType, content, { paymentId, at: world.nowMs(), eventId });
  world.store.put('events', event.event_id, event);
  world.store.commit();
  world.deliveries.send(event.event_id);
  return event.event_id;
}
