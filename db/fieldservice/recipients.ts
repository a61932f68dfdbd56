import { toE164 } from '../../shared/phone-number.ts';
import type { EntryClient } from './entry-invoices.ts';
import type { Channel } from './notifications.ts';

/** Where a message goes, or why it can go nowhere. */
export type Recipient = { recipient: string; error: null } | { recipient: null; error: string };

/**
 * Where a client is reached over a channel. WhatsApp has a number of its own, or takes the phone's; an SMS the other way round.
 * @param country where a number without a country code is taken to be.
 */
export function recipientOf(channel: Channel, client: EntryClient | null, country: string): Recipient {
  if (!client) return nobody('The invoice names no client.');
  if (channel === 'email') {
    if (!client.email?.trim()) return nobody('The client has no e-mail address.');
    const address = emailOf(client.email);
    return address === null ? nobody('The client’s e-mail address is not one.') : { recipient: address, error: null };
  }
  const { phone, whatsappPhone } = client;
  const inOrder = channel === 'sms' ? [phone, whatsappPhone] : [whatsappPhone, phone];
  const written = inOrder.find(text => text?.trim());
  if (written === undefined) return nobody('The client has no phone number.');
  const number = toE164(written, country);
  return number === null ? nobody('The client’s phone number is not one.') : { recipient: number, error: null };
}

/** An address that mail can go to, by its looks; null for another text. */
export function emailOf(text: string): string | null {
  const address = text.trim();
  return address.length <= 254 && /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+$/.test(address) ? address : null;
}

function nobody(error: string): Recipient {
  return { recipient: null, error };
}
