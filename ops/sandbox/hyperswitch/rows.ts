import { randomBytes } from 'node:crypto';

/** Rows have the names and units of Hyperswitch's own objects: amounts in minor units, currencies in upper case; times in Unix milliseconds. */
export interface Payment {
  payment_id: string;
  client_secret: string;
  amount: number;
  currency: string;
  status: 'requires_payment_method' | 'processing' | 'succeeded' | 'partially_captured' | 'failed' | 'cancelled';
  /** null until something was captured. */
  amount_received: number | null;
  metadata: Record<string, unknown> | null;
  description: string | null;
  return_url: string | null;
  cancellation_reason: string | null;
  created: number;
  updated: number;
  /** How it ends by itself, and when; null waits for somebody else to end it. */
  settles: { outcome: 'succeeded' | 'failed'; at: number } | null;
}

export interface Refund {
  refund_id: string;
  payment_id: string;
  amount: number;
  currency: string;
  status: 'pending' | 'succeeded' | 'failed';
  reason: string | null;
  metadata: Record<string, unknown> | null;
  created_at: number;
  updated_at: number;
  settles: { outcome: 'succeeded' | 'failed'; at: number };
}

export interface Dispute {
  dispute_id: string;
  payment_id: string;
  amount: number;
  currency: string;
  dispute_status: 'dispute_opened' | 'dispute_won' | 'dispute_lost';
  created_at: number;
  updated_at: number;
}

/** One webhook: written with the change that it tells of, then sent until the receiver takes it. */
export interface WebhookEvent {
  event_id: string;
  event_type: string;
  /** The payment that it is about, for faults to match on; null for an operator's own event about nothing known. */
  payment_id: string | null;
  /** Exactly what is sent and signed. */
  body: string;
  state: 'waiting' | 'delivered' | 'dropped' | 'given_up';
  tries: number;
  /** What the receiver last answered; null for no answer. */
  last_status: number | null;
}

export interface Rows {
  payments: Payment;
  refunds: Refund;
  disputes: Dispute;
  events: WebhookEvent;
}

/** Hyperswitch's look: a prefix that tells the type, then 20 random characters. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(10).toString('hex')}`;
}

/** Still waiting for the buyer, or for the acquirer. */
export function isOpen(payment: Payment): boolean {
  return payment.status === 'requires_payment_method' || payment.status === 'processing';
}
