import { randomBytes } from 'node:crypto';
import type { Alarms } from '../alarms.ts';
import type { Store } from '../store.ts';
import type { Faults } from './faults.ts';
import type { Receipts } from './receipts.ts';

export const messageStatuses = ['queued', 'sent', 'delivered', 'undelivered', 'failed', 'read'] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** A message as it is kept. Times are Unix milliseconds. */
export interface TextMessage {
  sid: string;
  /** `+14155550100`, `whatsapp:+14155550100`. */
  from: string;
  to: string;
  body: string;
  statusCallback: string | null;
  status: MessageStatus;
  errorCode: number | null;
  /** What becomes of it by itself after it was sent. */
  end: { status: 'delivered' | 'undelivered'; errorCode: number | null };
  history: { status: MessageStatus; at: number }[];
  createdAt: number;
  updatedAt: number;
  sentAt: number | null;
}

/** A receipt that waits to be taken, or was. */
export interface Receipt {
  id: string;
  messageSid: string;
  url: string;
  /** The form as it goes out. */
  body: string;
  status: MessageStatus;
  state: 'waiting' | 'taken' | 'dropped' | 'given_up';
  tries: number;
  lastStatus: number | null;
}

export interface Rows {
  messages: TextMessage;
  receipts: Receipt;
}

/** Everything that an answer depends on. */
export interface World {
  store: Store<Rows>;
  faults: Faults;
  alarms: Alarms;
  receipts: Receipts;
  accountSid: string;
  authToken: string;
  /** The numbers that it owns. */
  smsFrom: string;
  whatsappFrom: string;
  settleAfterMs: number;
  nowMs: () => number;
}

/** An id as Twilio makes them: two letters and 32 hex digits. */
export function newSid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}
