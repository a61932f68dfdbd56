import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import parseAddresses from 'nodemailer/lib/addressparser';
import { MailerFailure, mailerFailureOf, type MailerOutcome } from './mailer-failure.ts';

export { MailerFailure, type MailerOutcome } from './mailer-failure.ts';

/** One mail to one person. */
export interface Mail {
  /** `zoe@example.com`, or `Zoë Łuk <zoe@example.com>`; exactly one. */
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** The same for every send of one mail: it becomes the Message-ID, by which receivers drop a repeat. */
  onceKey: string;
  attachments?: { filename: string; contentType: string; content: Buffer | Readable }[];
}

/** Mail that leaves. Every method tries once and fails with `MailerFailure` and nothing else. */
export interface MailerPort {
  /** Resolves once the server has taken the mail. `signal` ends the wait: the failure is `retry`, and the mail may still arrive. */
  send: (mail: Mail, call?: { signal?: AbortSignal }) => Promise<{ messageId: string; response: string }>;
  /** Connects and logs in, and sends nothing. */
  check: () => Promise<void>;
  /** Ends after the mails that are being sent; those that wait for a connection fail. */
  close: () => Promise<void>;
}

export interface MailerPortOptions {
  /** `smtp://user:password@host:port`, or `smtps://…` for TLS from the first byte. */
  url: string;
  /** `Millrace <no-reply@example.com>`. Its domain is that of the Message-IDs. */
  from: string;
  /** How long the server may be silent, at any point; 20 seconds unless given. */
  timeoutMs?: number;
  /** Told of each send that reached for the server, well ended or not. */
  onSend?: (seen: { outcome: 'sent' | MailerOutcome; durationMs: number }) => void;
}

/** The port over the real client library. It never sends again by itself: the jobs do. Throws for a `url` or a `from` that isn't one. */
export function createMailerPort(options: MailerPortOptions): MailerPort {
  const from = parseMailbox(options.from);
  if (from === null) throw new Error(`MAIL_FROM is not an address: ${options.from}`);
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const timeoutMs = options.timeoutMs ?? 20_000;
  const transport = createTransport({
    ...readServer(options.url),
    pool: true,
    maxRequeues: 0,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Below the socket's timeout, so that an idle connection ends with a QUIT instead of an error.
    idleTimeout: timeoutMs / 2,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sending = new Set<Promise<unknown>>();

  const deliver = async (mail: Mail, signal: AbortSignal | undefined) => {
    const to = readRecipient(mail);
    const startedAt = performance.now();
    let outcome: 'sent' | MailerOutcome = 'sent';
    try {
      const sent = await transport.sendMail({
        from,
        to,
        envelope: { from: from.address, to: [to.address] },
        subject: mail.subject,
        text: mail.text,
        messageId: `<${messageKeyOf(mail.onceKey)}@${domain}>`,
        // Keeps holiday notices and the like from answering a machine (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated' },
        ...(mail.html === undefined ? {} : { html: mail.html }),
        ...(mail.attachments === undefined ? {} : { attachments: mail.attachments.map(readAttachment) }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { messageId: sent.messageId, response: sent.response };
    } catch (error) {
      const failure = mailerFailureOf(error);
      outcome = failure.outcome;
      throw failure;
    } finally {
      options.onSend?.({ outcome, durationMs: performance.now() - startedAt });
    }
  };

  return {
    async send(mail, call = {}) {
      const delivery = deliver(mail, call.signal);
      sending.add(delivery);
      return await delivery.finally(() => sending.delete(delivery));
    },

    async check() {
      try {
        await transport.verify();
      } catch (error) {
        throw mailerFailureOf(error);
      }
    },

    async close() {
      transport.close();
      await Promise.allSettled(sending);
    },
  };
}

/**
 * A password leaves this machine only over TLS: with one in the URL, STARTTLS is demanded, not merely taken when offered (a
 * man in the middle could leave the offer out).
 */
function readServer(text: string) {
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') throw new Error('SMTP_URL must be smtp://… or smtps://…');
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const server = { host, secure, ...(url.port === '' ? {} : { port: Number(url.port) }) };
  if (url.username === '') return server;
  const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return { ...server, auth, forceAuth: true, requireTLS: !secure && !/^(localhost|127\.[\d.]+|::1)$/.test(host) };
}

interface Mailbox {
  name: string;
  address: string;
}

const controlCharacter = /[\p{Cc}\u2028\u2029]/u;
/** Narrower than RFC 5322, which knows quotes, comments and spaces in addresses; nobody is reached at those. */
const address = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,253}$/;

/** The one mailbox that `text` names, or null. */
function parseMailbox(text: string): Mailbox | null {
  if (controlCharacter.test(text)) return null;
  const [mailbox, ...others] = parseAddresses(text);
  if (mailbox?.address === undefined || others.length > 0 || !address.test(mailbox.address)) return null;
  return { name: mailbox.name, address: mailbox.address };
}

/** Refuses what would write headers of its own: the library would mend it silently, and a mended attack is still sent. */
function readRecipient(mail: Mail): Mailbox {
  const lines = [
    mail.subject,
    ...(mail.attachments ?? []).flatMap(({ filename, contentType }) => [filename, contentType]),
  ];
  if (lines.some(line => controlCharacter.test(line)))
    throw new MailerFailure(
      'refused',
      null,
      'The subject, or the name or type of an attachment, holds control characters.',
    );
  const to = parseMailbox(mail.to);
  if (to === null) throw new MailerFailure('refused', null, 'The recipient is not one e-mail address.');
  return to;
}

/** Field by field: whatever else an object carries (`path`, `href`) must not reach the library. */
function readAttachment({ filename, contentType, content }: NonNullable<Mail['attachments']>[number]) {
  return { filename, contentType, content };
}

/** A key that a Message-ID can hold stays readable (RFC 5322 § 3.2.3); any other is hashed, so that two keys never become one. */
function messageKeyOf(onceKey: string): string {
  if (/^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(onceKey) && onceKey.length <= 128) return onceKey;
  return createHash('sha256').update(onceKey).digest('hex');
}
