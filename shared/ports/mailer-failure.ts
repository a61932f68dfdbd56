/**
 * What a failed send means for whoever asked for it:
 * - `refused`: this mail will never go out: no such recipient, too large, or not a mail at all. Don't try again.
 * - `retry`: try again later, the same mail with the same `onceKey`. It may have arrived: a connection can end after the last byte.
 * - `misconfigured`: our login, our sender address or the connection's security. Nothing is wrong with the mail.
 */
export type MailerOutcome = 'refused' | 'retry' | 'misconfigured';

/** The only error that leaves the mailer port. */
export class MailerFailure extends Error {
  readonly outcome: MailerOutcome;
  /** The server's SMTP status (550); null when it gave none. */
  readonly responseCode: number | null;

  constructor(outcome: MailerOutcome, responseCode: number | null, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MailerFailure';
    this.outcome = outcome;
    this.responseCode = responseCode;
  }
}

/** What the client library tells of a failure; it sets some of these on whatever it throws. */
interface SmtpError extends Error {
  code?: string;
  /** The system's or OpenSSL's code, where `code` is the library's own. */
  originalCode?: string;
  command?: string;
  responseCode?: number;
  /** The server's answer promises the same answer next time: 5xx, but for 503, which is about the session. */
  permanent?: boolean;
}

const insecure = new Set(['ETLS', 'EREQUIRETLS', 'ENOAUTH', 'ECONFIG']);
/** Node's names for a certificate that doesn't convince, and OpenSSL's for a peer that doesn't speak TLS. */
const certificateCode = /CERT|SIGNATURE|^ERR_(TLS|SSL)_/;

/** Turns what the client library threw into a `MailerFailure`. */
export function mailerFailureOf(error: unknown): MailerFailure {
  if (error instanceof MailerFailure) return error;
  const thrown: SmtpError = error instanceof Error ? error : new Error(String(error));
  return new MailerFailure(outcomeOf(thrown), thrown.responseCode ?? null, thrown.message, error);
}

function outcomeOf({ code, originalCode, command, responseCode, permanent }: SmtpError): MailerOutcome {
  if (insecure.has(code ?? '') || certificateCode.test(originalCode ?? '')) return 'misconfigured';
  // Without a status it was the library that found no way to log in.
  if (code === 'EAUTH') return permanent || responseCode === undefined ? 'misconfigured' : 'retry';
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return 'retry';
  if (responseCode === undefined) return 'refused'; // the library itself wouldn't send it: too large for the server
  if (!permanent) return 'retry';
  // What is refused at MAIL FROM is our own address, or that we come without a login (530), unless it is the size (552).
  const ours = command === 'MAIL FROM' && responseCode !== 552;
  return ours ? 'misconfigured' : 'refused';
}
