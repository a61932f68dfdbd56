/** One SMS or WhatsApp message to one number. */
export interface TextMessage {
  channel: 'sms' | 'whatsapp';
  /** E.164. */
  to: string;
  body: string;
  /** Where the provider reports what becomes of it. */
  statusCallback: string;
}

/** What the provider knows of a message. */
export interface SentText {
  /** `SM…`, `MM…`. */
  id: string;
}

/** Delivery receipts, read and checked. */
export interface TextReceipt {
  id: string;
  status: 'sent' | 'delivered' | 'failed' | 'other';
  /** Why it failed, for people; null unless it did. */
  error: string | null;
}
