import { randomUUID } from 'node:crypto';

/** Rows have the names and units of Stripe's own objects: amounts in minor units, currencies in lower case, times in whole Unix seconds. */
export interface Account {
  id: string;
  created: number;
  email: string | null;
  country: string;
  default_currency: string;
  business_type: string | null;
  metadata: Record<string, string>;
  transfersRequested: boolean;
  /** `closed` is a rejected account (it still exists, it can't be paid), `deleted` one that the platform no longer reaches. */
  status: 'new' | 'onboarded' | 'closed' | 'deleted';
}

export interface Link {
  token: string;
  account: string;
  expires_at: number;
  return_url: string;
  refresh_url: string;
  used: boolean;
}

/** One owner's money in one currency. `supplied` is what came from outside (top-ups, the operator), not by a transfer. */
export interface Balance {
  owner: string;
  currency: string;
  available: number;
  pending: number;
  supplied: number;
}

export interface Transfer {
  id: string;
  amount: number;
  amount_reversed: number;
  balance_transaction: string;
  created: number;
  currency: string;
  description: string | null;
  destination: string;
  destination_payment: string;
  metadata: Record<string, string>;
  transfer_group: string | null;
  reversalIds: string[];
}

export interface Reversal {
  id: string;
  amount: number;
  balance_transaction: string;
  created: number;
  currency: string;
  destination_payment_refund: string;
  metadata: Record<string, string>;
  transfer: string;
}

export interface Topup {
  id: string;
  owner: string;
  amount: number;
  balance_transaction: string;
  created: number;
  currency: string;
  description: string | null;
  metadata: Record<string, string>;
  transfer_group: string | null;
}

/** The answer stored under an idempotency key. */
export interface StoredAnswer {
  fingerprint: string;
  storedAtMs: number;
  status: number;
  body: unknown;
  requestId: string;
}

export interface Rows {
  accounts: Account;
  links: Link;
  balances: Balance;
  transfers: Transfer;
  reversals: Reversal;
  topups: Topup;
  answers: StoredAnswer;
}

/** The balance owner that isn't a connected account. */
export const platform = 'platform';

/** Stripe's look: a prefix that tells the type, then 24 random characters. */
export function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
