import { z } from 'zod';
import { openTexterClient, type TexterClient, type TexterClientOptions } from './texter-client.ts';
import { TexterFailure, texterFailureOf } from './texter-failure.ts';

export { TexterFailure, type TexterOutcome } from './texter-failure.ts';

export type TextChannel = 'sms' | 'whatsapp';

/** What people call a channel. */
export const channelNames: Record<TextChannel, string> = { sms: 'SMS', whatsapp: 'WhatsApp' };

/** Of one message, as the provider counts. */
export const maxTextLength = 1_600;

/** One SMS or WhatsApp message to one number. */
export interface TextMessage {
  channel: TextChannel;
  /** E.164. */
  to: string;
  body: string;
  /** Ours: its receipts come back with it. */
  reference: string;
}

/** A delivery receipt, signed by the provider. */
export interface TextReceipt {
  /** The provider's id of the message. */
  id: string;
  status: 'sent' | 'delivered' | 'failed';
  /** Why it failed, for people; null unless it did. */
  error: string | null;
}

/** SMS and WhatsApp messages that leave. Every method but `readReceipt` fails with `TexterFailure` and nothing else; each tries once. */
export interface TexterPort {
  /** Whether there is a number to send from. */
  offers: (channel: TextChannel) => boolean;
  /** Resolves once the provider has taken the message, to its id (`SM…`). `signal` ends the wait, not what the provider does. */
  send: (message: TextMessage, call?: { signal?: AbortSignal }) => Promise<{ id: string }>;
  /** The ids of messages like this that were made since then, the oldest first: how one is found whose answer was lost. */
  find: (
    message: Omit<TextMessage, 'reference'> & { since: Date },
    call?: { signal?: AbortSignal },
  ) => Promise<string[]>;
  /** A delivery receipt as it came in, at the address of that reference; `forged` if the provider did not sign it, null if it is none. */
  readReceipt: (request: {
    reference: string | null;
    signature: string | undefined;
    form: Record<string, string>;
  }) => Promise<TextReceipt | 'forged' | null>;
}

export interface TexterPortOptions extends TexterClientOptions {
  /** E.164; null: the channel isn't set up. */
  smsFrom: string | null;
  whatsappFrom: string | null;
  /** Where receipts go, our webhook. Asked at each use: its port may not be known earlier. */
  receiptUrl: () => string;
}

const messageSchema = z.object({ sid: z.string().regex(/^(SM|MM)[0-9a-f]{32}$/) });
const receiptSchema = z.object({
  MessageSid: z.string().regex(/^(SM|MM)[0-9a-f]{32}$/),
  MessageStatus: z.string(),
  ErrorCode: z.string().optional(),
  ErrorMessage: z.string().max(1_000).optional(),
});
/** Newest first, so one that was sent today is among them. */
const maxSearched = 200;
/** Twilio counts in whole seconds, by its own clock. */
const clockSkewMs = 60_000;

/** The port over the real client library. It never retries by itself: the jobs do. */
export function createTexterPort(options: TexterPortOptions): TexterPort {
  const { smsFrom, whatsappFrom, receiptUrl } = options;
  let opened: Promise<TexterClient> | undefined;
  const open = () => (opened ??= openTexterClient(options));

  const fromOf = (channel: TextChannel) => {
    const from = channel === 'sms' ? smsFrom : whatsappFrom;
    if (from === null)
      throw new TexterFailure('misconfigured', 'no_sender', null, `${channelNames[channel]} has no number`, null);
    return addressOf(channel, from);
  };
  const receiptUrlOf = (reference: string | null) =>
    reference === null ? receiptUrl() : `${receiptUrl()}?notificationId=${encodeURIComponent(reference)}`;

  return {
    offers: channel => (channel === 'sms' ? smsFrom : whatsappFrom) !== null,

    async send({ channel, to, body, reference }, { signal } = {}) {
      const from = fromOf(channel);
      const { twilio, during } = await open();
      const message = { from, to: addressOf(channel, to), body, statusCallback: receiptUrlOf(reference) };
      try {
        const made = await during({ operation: 'messages.create', signal }, () => twilio.messages.create(message));
        const read = messageSchema.safeParse(made);
        if (!read.success) throw new SyntaxError('the answer names no message');
        return { id: read.data.sid };
      } catch (error) {
        throw texterFailureOf(error, { effect: true, aborted: signal?.aborted ?? false });
      }
    },

    async find({ channel, to, body, since }, { signal } = {}) {
      const from = fromOf(channel);
      const { twilio, during } = await open();
      // Not by DateSent, which one that still waits to be sent does not have.
      const search = { from, to: addressOf(channel, to), pageSize: 50, limit: maxSearched };
      try {
        const made = await during({ operation: 'messages.list', signal }, () => twilio.messages.list(search));
        return made
          .filter(one => one.dateCreated.getTime() >= since.getTime() - clockSkewMs && says(one.body, body))
          .map(one => one.sid)
          .reverse();
      } catch (error) {
        throw texterFailureOf(error, { effect: false, aborted: signal?.aborted ?? false });
      }
    },

    async readReceipt({ reference, signature = '', form }) {
      const { isSigned } = await open();
      if (!isSigned(signature, receiptUrlOf(reference), form)) return 'forged';
      const read = receiptSchema.safeParse(form);
      if (!read.success) return null;
      const { MessageSid: id, MessageStatus, ErrorCode, ErrorMessage } = read.data;
      const status = statusOf(MessageStatus);
      if (status !== 'failed') return { id, status, error: null };
      const why = ErrorMessage ?? (ErrorCode === undefined ? undefined : failureWords[ErrorCode]);
      const code = ErrorCode === undefined ? '' : ` (${ErrorCode})`;
      return { id, status, error: `${why ?? 'The message was not delivered.'}${code}` };
    },
  };
}

/** Beyond these the provider's code alone must do. */
const failureWords: Record<string, string> = {
  30003: 'The phone is off or out of reach.',
  30004: 'The number blocks such messages.',
  30005: 'The number is unknown or no longer in use.',
  30006: 'The number is a landline, or its carrier takes no messages.',
  30007: 'The carrier took the message for spam.',
  63003: 'The number has no WhatsApp.',
  63016: 'WhatsApp takes free text only within a day of the recipient’s last message.',
  63024: 'WhatsApp does not know the recipient.',
};

/** One that the provider has is on its way, whatever it waits for. */
function statusOf(status: string): TextReceipt['status'] {
  if (status === 'delivered' || status === 'read') return 'delivered';
  if (status === 'undelivered' || status === 'failed' || status === 'canceled') return 'failed';
  return 'sent';
}

function addressOf(channel: TextChannel, number: string): string {
  return channel === 'sms' ? number : `whatsapp:${number}`;
}

/** A trial account's messages begin with words of Twilio's. */
function says(made: string, body: string): boolean {
  return made === body || made.endsWith(` - ${body}`);
}
